// One direction's master key and master salt.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Mumu.Protocols.Srtp;

/// <summary>A master key of 16 bytes and a master salt of 12 (GCM) or 14 (CM), as a value: copying it copies the secret, printing it does not show it.</summary>
public readonly struct SrtpKeys
{
    /// <summary>Bytes of the master key of every profile here.</summary>
    public const int KeyLength = 16;

    private readonly Secret _key;
    private readonly Secret _salt;
    private readonly int _saltLength;

    /// <summary>Takes the secrets.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="salt">12 bytes for GCM, 14 for CM.</param>
    public SrtpKeys(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength, nameof(key));
        if (salt.Length is not (12 or 14))
            throw new ArgumentOutOfRangeException(nameof(salt), salt.Length, "A master salt has 12 or 14 bytes.");
        key.CopyTo(_key);
        salt.CopyTo(_salt);
        _saltLength = salt.Length;
    }

    /// <summary>The master key, 16 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Key => _key;

    /// <summary>The master salt, 12 or 14 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Salt => ((ReadOnlySpan<byte>)_salt)[.._saltLength];

    /// <summary>Bytes of the master salt that a profile wants (RFC 5764 §4.1.2, RFC 7714 §12).</summary>
    public static int SaltLength(SrtpProfile profile) =>
        profile switch
        {
            SrtpProfile.AeadAes128Gcm => 12,
            SrtpProfile.Aes128CmSha1_80 => 14,
            _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such SRTP profile."),
        };

    /// <inheritdoc />
    public override string ToString() => "SRTP keys (secret)";

    [InlineArray(KeyLength)]
    private struct Secret
    {
        private byte _first;
    }
}
