// AES-128-GCM with one key: by the processor's own instructions where it has them, else by OpenSSL.
namespace Mumu.Protocols.Srtp;

/// <summary>Nonces of 12 bytes, tags of 16. One direction of one key; used by one thread at a time. No call allocates.</summary>
internal abstract unsafe class GcmCipher : IDisposable
{
    public const int TagLength = 16;

    /// <summary>Sets a key up.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="encrypt">True to seal, false to open.</param>
    public static GcmCipher Create(ReadOnlySpan<byte> key, bool encrypt) =>
        HardwareGcm.IsSupported ? new HardwareGcm(key) : new OpenSslGcm(key, encrypt);

    /// <summary>Encrypts <paramref name="input" /> to <paramref name="output" /> (the same place or another) and writes the tag.</summary>
    public abstract void Seal(byte* nonce, byte* header, int headerLength, byte* input, byte* output, int length, byte* tag);

    /// <summary>Decrypts in place; false if the tag is wrong, which leaves the text undefined.</summary>
    public abstract bool Open(byte* nonce, byte* header, int headerLength, byte* text, int length, byte* tag);

    /// <inheritdoc />
    public abstract void Dispose();
}
