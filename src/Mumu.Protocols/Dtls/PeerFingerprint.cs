// The certificate that was announced and the one that came.
using System.Security.Cryptography;

namespace Mumu.Protocols.Dtls;

/// <summary>Compares SHA-256 fingerprints (RFC 8122 §5); either may come first.</summary>
internal sealed class PeerFingerprint
{
    private byte[]? _expected;
    private byte[]? _actual;

    /// <summary>True once it has been announced what to expect.</summary>
    public bool IsKnown => _expected is not null;

    /// <summary>True if both are there and equal.</summary>
    public bool IsRight => _expected is not null && _actual is not null && CryptographicOperations.FixedTimeEquals(_expected, _actual);

    /// <summary>True if both are there and differ.</summary>
    public bool IsWrong => _expected is not null && _actual is not null && !IsRight;

    /// <summary>Takes the announced fingerprint; it cannot be changed.</summary>
    public void Expect(ReadOnlySpan<byte> sha256)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, SHA256.HashSizeInBytes, nameof(sha256));
        if (_expected is not null)
            throw new InvalidOperationException("The expected fingerprint has been set already.");
        _expected = sha256.ToArray();
    }

    /// <summary>Takes the fingerprint of the certificate that came; true unless it is known to be wrong.</summary>
    public bool Accepts(ReadOnlySpan<byte> sha256)
    {
        _actual = sha256.ToArray();
        return !IsWrong;
    }
}
