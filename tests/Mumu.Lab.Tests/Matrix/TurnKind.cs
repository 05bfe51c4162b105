// Which TURN server serves a call.
namespace Mumu.Lab.Tests.Matrix;

public enum TurnKind
{
    Coturn,
    Embedded,
}
