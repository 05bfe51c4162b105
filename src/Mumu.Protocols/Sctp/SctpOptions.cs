// The limits and times of an association.
namespace Mumu.Protocols.Sctp;

/// <summary>Settings of an <see cref="SctpAssociation"/>.</summary>
internal sealed record SctpOptions
{
    internal static SctpOptions Default { get; } = new();

    /// <summary>Our port, as <c>a=sctp-port</c> names it.</summary>
    internal ushort LocalPort { get; init; } = 5000;

    /// <summary>The peer's.</summary>
    internal ushort RemotePort { get; init; } = 5000;

    /// <summary>The largest packet, bytes: what a DTLS record of one datagram carries.</summary>
    internal int MaxPacket { get; init; } = 1160;

    /// <summary>Streams announced in each direction.</summary>
    internal ushort Streams { get; init; } = 1024;

    /// <summary>Bytes that may wait for a slow reader or for missing pieces, bookkeeping included; the announced window.</summary>
    internal int WindowBytes { get; init; } = 1024 * 1024;

    /// <summary>The longest message taken.</summary>
    internal int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes that may wait to be sent and acknowledged.</summary>
    internal int MaxQueuedBytes { get; init; } = 4 * 1024 * 1024;

    internal TimeSpan InitialTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Above the 200 ms that peers may delay an acknowledgement.</summary>
    internal TimeSpan MinTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    internal TimeSpan MaxTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long the acknowledgement of a single packet may wait for a second one.</summary>
    internal TimeSpan SackDelay { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Time without traffic until the peer is asked whether it still lives.</summary>
    internal TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Timeouts in a row after which the peer counts as gone.</summary>
    internal int MaxTimeouts { get; init; } = 10;

    internal TimeSpan CookieLife { get; init; } = TimeSpan.FromSeconds(60);
}
