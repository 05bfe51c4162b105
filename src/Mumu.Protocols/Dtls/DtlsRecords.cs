// libssl's side of one association: handshake, records, farewell, keys.
using System.Runtime.CompilerServices;
using Mumu.Protocols.OpenSsl;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

/// <summary>
/// Owns the SSL object, some 47 KB of native memory; between messages its record buffers, most of that, are freed. Each call clears OpenSSL's error queue first: it is the thread's, and what another caller left there would count as ours.
/// </summary>
internal sealed unsafe class DtlsRecords : IDisposable
{
    private const int LeastFragment = 512;
    private readonly SslHandle _ssl;
    private readonly DtlsTransport _owner;

    public DtlsRecords(DtlsCertificate certificate, DtlsTransport owner)
    {
        _owner = owner;
        _ssl = SslHandle.Create(certificate.Context, owner);
        GC.KeepAlive(certificate);
        DtlsCallbacks.Attach(_ssl);
        _ = LibSsl.SSL_ctrl(_ssl.Pointer, LibSsl.CtrlSetMtu, owner.Mtu, null);
        _ = LibSsl.SSL_ctrl(_ssl.Pointer, LibSsl.CtrlMaxSendFragment, Math.Max(owner.Mtu, LeastFragment), null); // its buffer is that long
        if (owner.Role == DtlsRole.Server)
            LibSsl.SSL_set_accept_state(_ssl.Pointer);
        else
            LibSsl.SSL_set_connect_state(_ssl.Pointer);
    }

    /// <summary>The largest message of application data that fits the MTU.</summary>
    public int MaxSend => (int)LibSsl.DTLS_get_data_mtu(_ssl.Pointer);

    /// <summary>What was agreed to; None if there is nothing in common.</summary>
    public SrtpProfile SrtpProfile
    {
        get
        {
            var profile = LibSsl.SSL_get_selected_srtp_profile(_ssl.Pointer);
            return profile is null ? SrtpProfile.None : (SrtpProfile)profile->Id;
        }
    }

    /// <summary>Goes on with the handshake; true once it is complete. A reason means that it never will be.</summary>
    public bool Shake(out string? failure)
    {
        failure = null;
        Begin();
        var result = LibSsl.SSL_do_handshake(_ssl.Pointer);
        if (result == 1)
            FreeBuffers();
        else if (LibSsl.SSL_get_error(_ssl.Pointer, result) != LibSsl.ErrorWantRead)
            failure = OpenSslError.TakeReason();
        GC.KeepAlive(_owner);
        return result == 1;
    }

    /// <summary>Decrypts what came and queues it; false when the peer has said good-bye. A reason means that the association is broken.</summary>
    [SkipLocalsInit]
    public bool Read(DatagramQueue data, out string? failure)
    {
        failure = null;
        Begin();
        var message = stackalloc byte[DtlsTransport.MaxData];
        int length;
        while ((length = LibSsl.SSL_read(_ssl.Pointer, message, DtlsTransport.MaxData)) > 0)
            data.Enqueue(new ReadOnlySpan<byte>(message, length));
        var error = LibSsl.SSL_get_error(_ssl.Pointer, length);
        if (error is not (LibSsl.ErrorZeroReturn or LibSsl.ErrorWantRead))
            failure = OpenSslError.TakeReason();
        FreeBuffers();
        GC.KeepAlive(_owner);
        return error != LibSsl.ErrorZeroReturn;
    }

    /// <summary>Encrypts one message; a reason if that failed.</summary>
    public string? Write(ReadOnlySpan<byte> data)
    {
        Begin();
        fixed (byte* bytes = data)
        {
            if (LibSsl.SSL_write(_ssl.Pointer, bytes, data.Length) != data.Length)
                return OpenSslError.TakeReason();
        }
        FreeBuffers();
        GC.KeepAlive(_owner);
        return null;
    }

    /// <summary>Sends the last flight again; see <see cref="FlightTimer.Expire" />.</summary>
    public int Repeat(FlightTimer timer, TimeSpan now)
    {
        Begin();
        var result = timer.Expire(_ssl.Pointer, now);
        timer.Update(_ssl.Pointer, now);
        GC.KeepAlive(_owner);
        return result;
    }

    /// <summary>Takes over what libssl did to its timer.</summary>
    public void Update(FlightTimer timer, TimeSpan now)
    {
        timer.Update(_ssl.Pointer, now);
        GC.KeepAlive(_owner);
    }

    /// <summary>Writes close_notify.</summary>
    public void SayGoodBye()
    {
        Begin();
        _ = LibSsl.SSL_shutdown(_ssl.Pointer); // 0 or 1 as the peer's has come or not; a failure leaves nothing to say
        GC.KeepAlive(_owner);
    }

    /// <summary>See <see cref="DtlsTransport.TryGetKeys" />.</summary>
    public (SrtpKeys Local, SrtpKeys Remote) ExportKeys(SrtpProfile profile) => DtlsSrtpExporter.Export(_ssl.Pointer, profile, _owner.Role);

    /// <summary>See <see cref="DtlsRecordKeys.TryGetPeer" />.</summary>
    public bool TryGetPeerKey(out byte[] key, out uint salt) => DtlsRecordKeys.TryGetPeer(_ssl.Pointer, _owner.Role, out key, out salt);

    // Two buffers of a whole record are most of an association, and its writing side counts on their being there.
    private void Begin()
    {
        LibCrypto.ERR_clear_error();
        _ = LibSsl.SSL_alloc_buffers(_ssl.Pointer);
    }

    // libssl keeps them itself while a record is half done.
    private void FreeBuffers() => _ = LibSsl.SSL_free_buffers(_ssl.Pointer);

    /// <inheritdoc />
    public void Dispose() => _ssl.Dispose();
}
