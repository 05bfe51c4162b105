// User name fragment and password of one side.
namespace Mumu.Protocols.Ice;

/// <summary>Short-term credentials of one side of a session (RFC 8445 §5.3, RFC 8839 §5.4).</summary>
/// <param name="Ufrag">4–256 ice-chars (letters, digits, + and /).</param>
/// <param name="Password">22–256 ice-chars.</param>
public sealed record IceCredentials(string Ufrag, string Password)
{
    /// <summary>Bytes of entropy that <see cref="Create"/> takes.</summary>
    public const int EntropyLength = 24;

    /// <summary>Makes credentials (8 and 24 characters) from 24 bytes of cryptographic randomness.</summary>
    public static IceCredentials Create(ReadOnlySpan<byte> entropy)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(entropy.Length, EntropyLength);
        return new IceCredentials(Convert.ToBase64String(entropy[..6]), Convert.ToBase64String(entropy[6..])); // Base64 without padding is made of ice-chars.
    }

    /// <summary>True if both parts have the lengths and characters RFC 8839 §5.4 asks for.</summary>
    public static bool TryCreate(string ufrag, string password, out IceCredentials? credentials)
    {
        var fits = ufrag.Length is >= 4 and <= 256 && password.Length is >= 22 and <= 256 && IsIceText(ufrag) && IsIceText(password);
        credentials = fits ? new IceCredentials(ufrag, password) : null;
        return fits;
    }

    /// <inheritdoc />
    public override string ToString() => Ufrag; // The password stays out of logs.

    // Some peers put '-' or '_' into their fragments; harmless.
    private static bool IsIceText(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_' or '=');
}
