// One DTLS 1.2 association as a machine without sockets or clock.
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

/// <summary>
/// A DTLS 1.2 association (RFC 6347) with <c>use_srtp</c> (RFC 5764). Datagrams and <c>now</c> come in; datagrams, data and the next deadline go out:
/// after each call drain <see cref="TryTransmit" /> and <see cref="TryReadData" />, then look at <see cref="State" /> and <see cref="NextDeadline" />.
/// Used by one thread at a time. Only datagrams from addresses that ICE has validated belong here.
/// </summary>
public sealed class DtlsTransport : IDisposable
{
    /// <summary>Makes an association; nothing is sent before <see cref="Start" />.</summary>
    /// <param name="certificate">Ours.</param>
    /// <param name="role">Client sends the first flight.</param>
    /// <param name="mtu">The largest datagram to send, 256–16,384 bytes of UDP payload; 1,200 suits every path.</param>
    /// <param name="expectedPeerSha256">The peer's certificate fingerprint, 32 bytes; empty if <see cref="SetExpected" /> follows.</param>
    public DtlsTransport(DtlsCertificate certificate, DtlsRole role, int mtu, ReadOnlySpan<byte> expectedPeerSha256) =>
        throw new NotImplementedException($"{certificate} {role} {mtu} {expectedPeerSha256.Length}");

    /// <summary>Our side of the handshake.</summary>
    public DtlsRole Role { get; }

    /// <summary>How far it has come.</summary>
    public DtlsState State { get; }

    /// <summary>Why <see cref="State" /> is Failed, as a sentence without a stop; else null.</summary>
    public string? Failure { get; }

    /// <summary>The agreed SRTP profile once connected; None if the peer wants no media.</summary>
    public SrtpProfile SrtpProfile { get; }

    /// <summary>When <see cref="Tick" /> must be called, in the time of <c>now</c>; null while nothing waits.</summary>
    public TimeSpan? NextDeadline { get; }

    /// <summary>Datagrams dropped before libssl saw them: malformed, reflected or out of place.</summary>
    public long Dropped { get; }

    /// <summary>Names the certificate the peer must hold; needed once, before the association can connect.</summary>
    /// <param name="peerSha256">32 bytes.</param>
    public void SetExpected(ReadOnlySpan<byte> peerSha256) => throw new NotImplementedException();

    /// <summary>Begins: the client's first flight is queued, the server listens.</summary>
    public void Start(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Takes one datagram; junk is dropped in silence and counted.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Retransmits the last flight if its deadline has passed.</summary>
    public void Tick(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Takes the next datagram to send; goes on after the end, for the closing alert.</summary>
    /// <param name="buffer">Room for the MTU.</param>
    /// <param name="length">Bytes written.</param>
    public bool TryTransmit(Span<byte> buffer, out int length) => throw new NotImplementedException();

    /// <summary>Takes the next message of application data (SCTP, RFC 8261).</summary>
    /// <param name="buffer">Room for a message; <see cref="MaxData" /> always suffices.</param>
    /// <param name="length">Bytes written.</param>
    public bool TryReadData(Span<byte> buffer, out int length) => throw new NotImplementedException();

    /// <summary>The largest message of application data that a record can hold (RFC 6347 §4.1.1).</summary>
    public const int MaxData = 16_384;

    /// <summary>Queues one message of application data as one datagram.</summary>
    /// <returns>False unless connected, or when the message does not fit the MTU.</returns>
    public bool Send(ReadOnlySpan<byte> data) => throw new NotImplementedException();

    /// <summary>The SRTP master keys (RFC 5764 §4.2), split by role.</summary>
    /// <param name="local">What we protect with.</param>
    /// <param name="remote">What the peer protects with.</param>
    /// <returns>False unless connected with an SRTP profile.</returns>
    public bool TryGetKeys(out SrtpKeys local, out SrtpKeys remote) => throw new NotImplementedException();

    /// <summary>Says good-bye (close_notify) and ends; drain <see cref="TryTransmit" /> once more.</summary>
    public void Close() => throw new NotImplementedException();

    /// <summary>Frees the native objects; mandatory.</summary>
    public void Dispose() { }
}
