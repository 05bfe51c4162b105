// Everything a peer is told once, at its making.
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Protocols.WebRtc;

/// <summary>Settings of a <see cref="Peer"/> or a <see cref="Receiving.ReceivingPeer"/>. Times are spans of the caller's monotonic clock.</summary>
public sealed record PeerOptions
{
    private static readonly DataChannelLimits s_dataChannels = new();

    /// <summary>Our certificate; must outlive the peer.</summary>
    public required DtlsCertificate Certificate { get; init; }

    /// <summary>Source of credentials, SSRCs and every other random number: outside of tests a cryptographic one.</summary>
    public required Random Random { get; init; }

    /// <summary>First 32 bits of the transaction ids of this peer's checks, see <see cref="Ice.IceOptions.TransactionTag"/>.</summary>
    public uint? TransactionTag { get; init; }

    /// <summary>Which signaled candidates of the other side may be tried; null for all. An address that the other side's checks come from is answered in any case.</summary>
    public Predicate<Ice.IceCandidate>? MayTry { get; init; }

    /// <summary>The wall clock, in NTP's 64 bits, at the moment when the monotonic clock was zero: for sender reports.</summary>
    public ulong NtpAtZero { get; init; }

    /// <summary>What data channels may use, where they are agreed to.</summary>
    public DataChannelLimits DataChannels { get; init; } = s_dataChannels;

    /// <summary>The largest datagram, in bytes of UDP payload.</summary>
    public int MaxDatagram { get; init; } = 1200;

    /// <summary>From the making to the end of the handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two sender or receiver reports.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);
}
