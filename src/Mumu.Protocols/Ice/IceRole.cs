// Who nominates.
namespace Mumu.Protocols.Ice;

/// <summary>The role of an agent (RFC 8445 §6.1.1): the offerer controls, unless the other side is lite or a conflict settles it otherwise.</summary>
public enum IceRole
{
    /// <summary>Chooses the pair.</summary>
    Controlling,

    /// <summary>Follows the choice.</summary>
    Controlled,
}
