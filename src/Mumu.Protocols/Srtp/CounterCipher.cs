// AES-128 in counter mode with one key: by the processor's own instructions where it has them, else by OpenSSL.
using System.Runtime.Intrinsics;
using Mumu.Protocols.OpenSsl;

namespace Mumu.Protocols.Srtp;

/// <summary>Encrypts and decrypts alike. Used by one thread at a time; no call allocates.</summary>
internal abstract unsafe class CounterCipher : IDisposable
{
    /// <summary>Sets a key up.</summary>
    /// <param name="key">16 bytes.</param>
    public static CounterCipher Create(ReadOnlySpan<byte> key) =>
        AesHardware.IsSupported ? new HardwareCounter(key) : new OpenSslCounter(key);

    /// <summary>Exclusive-or of the input with the key stream, in place or apart.</summary>
    /// <param name="counter">16 bytes, the last two zero: SRTP counts at most 65,536 blocks there.</param>
    /// <param name="input">What to encrypt.</param>
    /// <param name="output">Where to.</param>
    /// <param name="length">Bytes.</param>
    public abstract void Encrypt(byte* counter, byte* input, byte* output, int length);

    /// <inheritdoc />
    public abstract void Dispose();
}

/// <summary>By AES-NI.</summary>
internal sealed unsafe class HardwareCounter : CounterCipher
{
    private readonly KeyMemory _keys = new(AesHardware.RoundKeyBytes);

    public HardwareCounter(ReadOnlySpan<byte> key) => AesHardware.Expand(key, _keys.Pointer);

    public override void Encrypt(byte* counter, byte* input, byte* output, int length)
    {
        AesHardware.Counter(_keys.Pointer, AesHardware.BlockOf(Vector128.Load((uint*)counter)).AsUInt32(), input, output, length);
        GC.KeepAlive(this);
    }

    public override void Dispose() => _keys.Dispose();
}

/// <summary>By an EVP context that keeps its key.</summary>
internal sealed unsafe class OpenSslCounter(ReadOnlySpan<byte> key) : CounterCipher
{
    private readonly CipherContext _context = CipherContext.Ctr(key);

    public override void Encrypt(byte* counter, byte* input, byte* output, int length)
    {
        int written;
        var ok =
            LibCrypto.EVP_CipherInit_iv(_context.Pointer, 0, 0, null, counter, -1)
            & LibCrypto.EVP_CipherUpdate(_context.Pointer, output, &written, input, length);
        GC.KeepAlive(this);
        if (ok != 1) // encryption of a packet cannot fail; sending it in the clear would be worse than stopping
            throw OpenSslError.Take("AES-128-CTR");
    }

    public override void Dispose() => _context.Dispose();
}
