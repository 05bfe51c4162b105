// The servers' public addresses.
namespace Mumu.Lab.Tests.Matrix;

internal static class Addresses
{
    public const string CoturnHub = "11.0.0.10";
    public const string Coturn = "11.0.0.20";

    /// <summary>From here coturn answers those who look into their NAT.</summary>
    public const string CoturnSecond = "11.0.0.21";

    public const string EmbeddedHub = "11.0.0.30";
    public const string EmbeddedTurn = "11.0.0.40";

    /// <summary>A hub with two TURN servers: coturn, and ours as <c>mumu turn</c>.</summary>
    public const string TwoRelaysHub = "11.0.0.50";

    public const string MortalCoturn = "11.0.0.60";
    public const string MortalTurn = "11.0.0.70";

    public const string TurnSecret = "known in the lab only";

    public static readonly string[] All =
    [
        CoturnHub,
        Coturn,
        CoturnSecond,
        EmbeddedHub,
        EmbeddedTurn,
        TwoRelaysHub,
        MortalCoturn,
        MortalTurn,
    ];
}
