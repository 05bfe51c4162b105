// Owns one SSL object with its BIO, and the way back from libssl's callbacks to the managed owner.
using System.Runtime.InteropServices;

namespace Mumu.Protocols.Dtls.OpenSsl;

/// <summary>The owner is held weakly, so that a forgotten one is still collected and freed.</summary>
internal sealed class SslHandle : SafeHandle
{
    private GCHandle _owner;

    /// <summary>Makes an empty one.</summary>
    public SslHandle()
        : base(0, ownsHandle: true) { }

    /// <summary>Makes a fresh SSL object in a context.</summary>
    public static SslHandle Create(nint context, object owner)
    {
        LibCrypto.ERR_clear_error();
        var ssl = LibSsl.SSL_new(context);
        if (ssl == 0)
            throw OpenSslError.Take("SSL_new");
        var created = new SslHandle { _owner = GCHandle.Alloc(owner, GCHandleType.Weak) };
        created.SetHandle(ssl);
        return created;
    }

    /// <summary>The native pointer.</summary>
    public nint Pointer => handle;

    /// <summary>What callbacks are given to find the owner.</summary>
    public nint Owner => GCHandle.ToIntPtr(_owner);

    /// <inheritdoc />
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_free(handle); // frees the BIO with it
        _owner.Free();
        return true;
    }
}
