// One DTLS 1.2 association as a machine without sockets or clock.
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

/// <summary>
/// A DTLS 1.2 association (RFC 6347) with <c>use_srtp</c> (RFC 5764). Datagrams and <c>now</c> come in; datagrams, data and the next deadline go out:
/// after each call drain <see cref="TryTransmit" /> and <see cref="TryReadData" />, then look at <see cref="State" /> and <see cref="NextDeadline" />.
/// Used by one thread at a time. Only datagrams from addresses that ICE has validated belong here.
/// </summary>
public sealed unsafe class DtlsTransport : IDisposable
{
    /// <summary>The largest message of application data that a record can hold (RFC 6347 §4.1.1).</summary>
    public const int MaxData = 16_384;

    private const int MaxQueued = 256;
    private readonly DtlsGuard _guard;
    private readonly DtlsRecords _records;
    private DatagramQueue _outgoing = new(MaxQueued);
    private readonly DatagramQueue _data = new(MaxQueued);
    private readonly PeerFingerprint _peer = new();
    private nint _incoming;
    private int _incomingLength = -1;
    private bool _isStarted;
    private bool _isComplete; // libssl's handshake; we are connected when the fingerprint is right besides
    private byte[][] _lastFlight = [];
    private DtlsRemainder? _remainder; // stands in for the records once they are released

    /// <summary>Makes an association; nothing is sent before <see cref="Start" />.</summary>
    /// <param name="certificate">Ours.</param>
    /// <param name="role">Client sends the first flight.</param>
    /// <param name="mtu">The largest datagram to send, 256–16,384 bytes of UDP payload; 1,200 suits every path.</param>
    /// <param name="expectedPeerSha256">The peer's certificate fingerprint, 32 bytes; empty if <see cref="SetExpected" /> follows.</param>
    public DtlsTransport(DtlsCertificate certificate, DtlsRole role, int mtu, ReadOnlySpan<byte> expectedPeerSha256)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, MaxData);
        ObjectDisposedException.ThrowIf(certificate.Context == 0, certificate);
        Role = role;
        Mtu = mtu;
        _guard = new DtlsGuard(role);
        if (!expectedPeerSha256.IsEmpty)
            _peer.Expect(expectedPeerSha256);
        Timer = new FlightTimer(certificate.Timers);
        _records = new DtlsRecords(certificate, this);
    }

    /// <summary>Our side of the handshake.</summary>
    public DtlsRole Role { get; }

    /// <summary>The largest datagram sent, bytes.</summary>
    public int Mtu { get; }

    /// <summary>How far it has come.</summary>
    public DtlsState State { get; private set; }

    /// <summary>Why <see cref="State" /> is Failed, as a sentence without a stop; else null.</summary>
    public string? Failure { get; private set; }

    /// <summary>The agreed SRTP profile once connected; None if the peer wants no media.</summary>
    public SrtpProfile SrtpProfile { get; private set; }

    /// <summary>When <see cref="Tick" /> must be called, in the time of <c>now</c>; null while nothing waits.</summary>
    public TimeSpan? NextDeadline => Timer.Deadline;

    /// <summary>How often the last flight was sent again.</summary>
    public int Retransmissions { get; private set; }

    /// <summary>Datagrams dropped before libssl saw them: malformed, reflected or out of place.</summary>
    public long Dropped { get; private set; }

    /// <summary>Datagrams and messages lost because nobody fetched them in time.</summary>
    public long Lost => _outgoing.Lost + _data.Lost;

    /// <summary>The largest message that <see cref="Send" /> takes, bytes; 0 unless connected.</summary>
    public int MaxSend { get; private set; }

    internal FlightTimer Timer { get; }

    private bool IsOver => State is DtlsState.Closed or DtlsState.Failed;

    /// <summary>Names the certificate the peer must hold; needed once, before the association can connect.</summary>
    /// <param name="peerSha256">32 bytes.</param>
    public void SetExpected(ReadOnlySpan<byte> peerSha256)
    {
        _peer.Expect(peerSha256);
        if (_isComplete && State == DtlsState.Handshaking)
            Connect();
    }

    /// <summary>Begins: the client's first flight is queued, the server listens.</summary>
    public void Start(TimeSpan now)
    {
        if (_isStarted || IsOver)
            return;
        _isStarted = true;
        if (Role == DtlsRole.Client)
            Advance(now);
    }

    /// <summary>Takes one datagram; junk is dropped in silence and counted.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (!_isStarted || IsOver)
            return;
        if (!_guard.Admits(datagram, _isComplete))
        {
            Dropped++;
            return;
        }
        if (_remainder is not null)
            Settle(_remainder.Receive(datagram, now, _outgoing));
        else
        {
            fixed (byte* bytes = datagram)
                Advance(now, (nint)bytes, datagram.Length);
        }
    }

    /// <summary>Retransmits the last flight if its deadline has passed.</summary>
    public void Tick(TimeSpan now)
    {
        if (IsOver || Timer.Deadline is not { } deadline || now < deadline)
            return;
        var result = _records.Repeat(Timer, now);
        if (result > 0)
            Retransmissions++;
        if (result < 0)
            Fail("the peer did not answer");
    }

    /// <summary>Takes the next datagram to send; goes on after the end, for the closing alert.</summary>
    /// <param name="buffer">Room for the MTU.</param>
    /// <param name="length">Bytes written.</param>
    public bool TryTransmit(Span<byte> buffer, out int length) => _outgoing.TryDequeue(buffer, out length);

    /// <summary>Takes the next message of application data (SCTP, RFC 8261).</summary>
    /// <param name="buffer">Room for a message; <see cref="MaxData" /> always suffices.</param>
    /// <param name="length">Bytes written.</param>
    public bool TryReadData(Span<byte> buffer, out int length)
    {
        length = 0;
        return MaxSend > 0 && _data.TryDequeue(buffer, out length); // MaxSend: never before the peer was found to be the right one
    }

    /// <summary>Queues one message of application data as one datagram.</summary>
    /// <returns>False unless connected, or when the message is empty or longer than <see cref="MaxSend" />.</returns>
    public bool Send(ReadOnlySpan<byte> data)
    {
        if (State != DtlsState.Connected || data.IsEmpty || data.Length > MaxSend)
            return false;
        if (_records.Write(data) is not { } reason)
            return true;
        Fail("could not encrypt: " + reason);
        return false;
    }

    /// <summary>The SRTP master keys (RFC 5764 §4.2), split by role.</summary>
    /// <param name="local">What we protect with.</param>
    /// <param name="remote">What the peer protects with.</param>
    /// <returns>False unless connected with an SRTP profile, and after <see cref="ReleaseRecords" />.</returns>
    public bool TryGetKeys(out SrtpKeys local, out SrtpKeys remote)
    {
        (local, remote) = (default, default);
        if (State != DtlsState.Connected || SrtpProfile == SrtpProfile.None || _remainder is not null)
            return false;
        (local, remote) = _records.ExportKeys(SrtpProfile);
        return true;
    }

    /// <summary>
    /// Frees what an association without application data does not need, nearly all of its memory: nothing can be sent or read any more, but farewells both ways and the
    /// repetition of the last flight still work. Does nothing unless connected, or where the agreed suite is an uncommon one.
    /// </summary>
    public void ReleaseRecords()
    {
        if (State != DtlsState.Connected || _remainder is not null || !_records.TryGetPeerKey(out var key, out var salt))
            return;
        var outgoing = _outgoing;
        _outgoing = new DatagramQueue(MaxQueued);
        _records.SayGoodBye(); // written now, sent when the time has come
        _remainder = new DtlsRemainder(_lastFlight, _outgoing.CopyFrom(0), key, salt);
        _outgoing.Clear();
        (_outgoing, _lastFlight, MaxSend) = (outgoing, [], 0);
        _records.Dispose();
    }

    /// <summary>Says good-bye (close_notify) and ends; drain <see cref="TryTransmit" /> once more.</summary>
    public void Close()
    {
        if (IsOver)
            return;
        End(DtlsState.Closed);
        SayGoodBye();
    }

    /// <summary>Frees the native objects; mandatory.</summary>
    public void Dispose()
    {
        if (!IsOver)
            End(DtlsState.Closed);
        _records.Dispose();
        _outgoing.Clear();
        _data.Clear();
    }

    // What libssl calls back, by way of DtlsCallbacks:
    internal void QueueDatagram(ReadOnlySpan<byte> datagram) => _outgoing.Enqueue(datagram);

    internal int TakeDatagram(Span<byte> destination)
    {
        var length = Math.Min(destination.Length, _incomingLength);
        if (length >= 0)
            new ReadOnlySpan<byte>((byte*)_incoming, length).CopyTo(destination);
        _incomingLength = -1;
        return length;
    }

    internal bool AcceptsPeer(ReadOnlySpan<byte> sha256) => _peer.Accepts(sha256);

    private void Advance(TimeSpan now, nint incoming = 0, int incomingLength = -1)
    {
        (_incoming, _incomingLength) = (incoming, incomingLength);
        if (!_isComplete)
            Shake();
        if (_isComplete && !IsOver)
            ReadData();
        if (!IsOver)
            _records.Update(Timer, now);
        _incomingLength = -1;
    }

    private void Shake()
    {
        var waiting = _outgoing.Count;
        if (_records.Shake(out var failure))
        {
            _isComplete = true;
            if (Role == DtlsRole.Server) // the client's last flight has been answered already
                _lastFlight = _outgoing.CopyFrom(waiting);
            Connect();
        }
        else if (failure is not null)
            Fail("handshake failed: " + failure);
    }

    private void Connect()
    {
        if (!_peer.IsKnown)
            return; // SetExpected has yet to come
        if (!_peer.IsRight)
        {
            Fail("wrong certificate");
            SayGoodBye();
            return;
        }
        SrtpProfile = _records.SrtpProfile;
        MaxSend = _records.MaxSend;
        State = DtlsState.Connected;
    }

    private void ReadData()
    {
        if (!_records.Read(_data, out var failure))
            Close();
        else if (failure is not null)
            Fail("connection failed: " + failure);
    }

    private void Settle(RemainderNews news)
    {
        if (news == RemainderNews.PeerLeft)
            Close();
        else if (news == RemainderNews.PeerFailed)
            Fail("connection failed: the peer gave it up");
        else if (news == RemainderNews.FlightRepeated)
            Retransmissions++;
    }

    private void SayGoodBye()
    {
        if (_remainder is not null)
            _remainder.SayGoodBye(_outgoing);
        else if (_isComplete) // close_notify is of no use before there are keys
            _records.SayGoodBye();
    }

    private void Fail(string reason)
    {
        Failure = _peer.IsWrong ? "the peer's certificate is not the one that was announced" : reason;
        End(DtlsState.Failed);
    }

    private void End(DtlsState state)
    {
        State = state;
        Timer.Stop();
    }
}
