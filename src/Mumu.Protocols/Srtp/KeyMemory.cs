// Memory for expanded keys: aligned, unmoved by the garbage collector, wiped before it is given back.
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Mumu.Protocols.Srtp;

/// <summary>The packet's path passes the raw pointer, so an owner must keep this object alive while it is used.</summary>
internal sealed unsafe class KeyMemory : SafeHandle
{
    private const int CacheLine = 64;
    private readonly int _length;

    /// <summary>Takes zeroed memory.</summary>
    /// <param name="length">Bytes.</param>
    public KeyMemory(int length)
        : base(0, ownsHandle: true)
    {
        _length = length;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length, CacheLine));
        new Span<byte>(Pointer, length).Clear();
    }

    /// <summary>The first byte, at the start of a cache line.</summary>
    public byte* Pointer => (byte*)handle;

    /// <inheritdoc />
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(Pointer, _length));
        NativeMemory.AlignedFree(Pointer);
        return true;
    }
}
