// One DTLS 1.2 association as a machine without sockets or clock.
using System.Runtime.CompilerServices;
using Mumu.Protocols.Dtls.OpenSsl;
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
    private const int LeastFragment = 512;
    private readonly SslHandle _ssl;
    private readonly DtlsGuard _guard;
    private readonly DatagramQueue _outgoing = new(MaxQueued);
    private readonly DatagramQueue _data = new(MaxQueued);
    private readonly PeerFingerprint _peer;
    private byte* _incoming;
    private int _incomingLength = -1;
    private bool _isStarted;
    private bool _isComplete; // libssl's handshake; we are connected when the fingerprint is right besides

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
        _peer = new PeerFingerprint();
        if (!expectedPeerSha256.IsEmpty)
            _peer.Expect(expectedPeerSha256);
        Timer = new FlightTimer(certificate.Timers);
        LibCrypto.ERR_clear_error();
        _ssl = new SslHandle(LibSsl.SSL_new(certificate.Context), this);
        GC.KeepAlive(certificate);
        if (_ssl.IsInvalid)
            throw OpenSslError.Take("SSL_new");
        DtlsCallbacks.Attach(_ssl);
        _ = LibSsl.SSL_ctrl(_ssl.Pointer, LibSsl.CtrlSetMtu, mtu, null);
        _ = LibSsl.SSL_ctrl(_ssl.Pointer, LibSsl.CtrlMaxSendFragment, Math.Max(mtu, LeastFragment), null); // its buffer is that long
        if (role == DtlsRole.Server)
            LibSsl.SSL_set_accept_state(_ssl.Pointer);
        else
            LibSsl.SSL_set_connect_state(_ssl.Pointer);
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
        fixed (byte* bytes = datagram)
        {
            _incoming = bytes;
            _incomingLength = datagram.Length;
            Advance(now);
            _incoming = null;
            _incomingLength = -1;
        }
    }

    /// <summary>Retransmits the last flight if its deadline has passed.</summary>
    public void Tick(TimeSpan now)
    {
        if (IsOver || Timer.Deadline is not { } deadline || now < deadline)
            return;
        LibCrypto.ERR_clear_error();
        var result = Timer.Expire(_ssl.Pointer, now);
        if (result > 0)
            Retransmissions++;
        Timer.Update(_ssl.Pointer, now);
        if (result < 0)
            Fail("the peer did not answer");
        GC.KeepAlive(this);
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
        LibCrypto.ERR_clear_error();
        fixed (byte* bytes = data)
        {
            if (LibSsl.SSL_write(_ssl.Pointer, bytes, data.Length) != data.Length)
            {
                Fail("could not encrypt: " + OpenSslError.TakeReason());
                return false;
            }
        }
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>The SRTP master keys (RFC 5764 §4.2), split by role.</summary>
    /// <param name="local">What we protect with.</param>
    /// <param name="remote">What the peer protects with.</param>
    /// <returns>False unless connected with an SRTP profile.</returns>
    public bool TryGetKeys(out SrtpKeys local, out SrtpKeys remote)
    {
        (local, remote) = (default, default);
        if (State != DtlsState.Connected || SrtpProfile == SrtpProfile.None)
            return false;
        (local, remote) = DtlsSrtpExporter.Export(_ssl.Pointer, SrtpProfile, Role);
        GC.KeepAlive(this);
        return true;
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
        _ssl.Dispose();
        _outgoing.Clear();
        _data.Clear();
    }

    // ---- What libssl calls back, by way of DtlsCallbacks
    internal void QueueDatagram(ReadOnlySpan<byte> datagram) => _outgoing.Enqueue(datagram);

    internal int TakeDatagram(Span<byte> destination)
    {
        if (_incomingLength < 0)
            return -1;
        var length = Math.Min(destination.Length, _incomingLength);
        new ReadOnlySpan<byte>(_incoming, length).CopyTo(destination);
        _incomingLength = -1;
        return length;
    }

    internal bool AcceptsPeer(ReadOnlySpan<byte> sha256) => _peer.Accepts(sha256);

    // ---- Inside
    private void Advance(TimeSpan now)
    {
        LibCrypto.ERR_clear_error(); // the queue is the thread's, and what another caller left there would count as ours
        if (!_isComplete)
        {
            var result = LibSsl.SSL_do_handshake(_ssl.Pointer);
            if (result == 1)
            {
                _isComplete = true;
                Connect();
            }
            else if (LibSsl.SSL_get_error(_ssl.Pointer, result) != LibSsl.ErrorWantRead)
                Fail("handshake failed: " + OpenSslError.TakeReason());
        }
        if (_isComplete && !IsOver)
            ReadData();
        if (!IsOver)
            Timer.Update(_ssl.Pointer, now);
        GC.KeepAlive(this);
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
        var profile = LibSsl.SSL_get_selected_srtp_profile(_ssl.Pointer);
        SrtpProfile = profile is null ? SrtpProfile.None : (SrtpProfile)profile->Id;
        MaxSend = (int)LibSsl.DTLS_get_data_mtu(_ssl.Pointer);
        State = DtlsState.Connected;
    }

    [SkipLocalsInit]
    private void ReadData()
    {
        var message = stackalloc byte[MaxData];
        int length;
        while ((length = LibSsl.SSL_read(_ssl.Pointer, message, MaxData)) > 0)
            _data.Enqueue(new ReadOnlySpan<byte>(message, length));
        var error = LibSsl.SSL_get_error(_ssl.Pointer, length);
        if (error == LibSsl.ErrorZeroReturn)
        {
            End(DtlsState.Closed);
            SayGoodBye();
        }
        else if (error != LibSsl.ErrorWantRead)
            Fail("connection failed: " + OpenSslError.TakeReason());
    }

    private void SayGoodBye()
    {
        if (!_isComplete)
            return; // close_notify is of no use before there are keys
        LibCrypto.ERR_clear_error();
        _ = LibSsl.SSL_shutdown(_ssl.Pointer); // 0 or 1 as the peer's has come or not; a failure leaves nothing to say
        GC.KeepAlive(this);
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
