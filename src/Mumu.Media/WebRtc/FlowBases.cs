// The numbers by which loop and ICE agent mean the same ways out.
namespace Mumu.Media.WebRtc;

/// <summary>Bases of <see cref="Mumu.Protocols.Stun.FlowId"/>.</summary>
internal static class FlowBases
{
    /// <summary>The loop's own UDP socket.</summary>
    public const int Loop = 0;

    /// <summary>The first relay of a viewer; others count up.</summary>
    public const int FirstRelay = 1;

    /// <summary>Connections that a viewer makes to the loop's TCP port.</summary>
    public const int TcpPassive = 1000;

    /// <summary>Connections that we make to a viewer.</summary>
    public const int TcpActive = 1001;
}
