// How a user's password is kept in the settings.
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Mumu.Agent.Keys;

/// <summary>PBKDF2 with HMAC-SHA512, written <c>pbkdf2-sha512:rounds:salt:hash</c>.</summary>
public static class PasswordHash
{
    private const string Scheme = "pbkdf2-sha512";
    private const int Rounds = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>The longest password taken, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Hashes a password of at most <see cref="MaxLength"/> characters.</summary>
    public static string Create(string password)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(password.Length, MaxLength, nameof(password));
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Hash(password, salt, Rounds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme}:{Rounds}:{Base64Url.EncodeToString(salt)}:{Base64Url.EncodeToString(hash)}"
        );
    }

    /// <summary>True for a hash as <see cref="Create"/> writes it, with 10,000 to 10 million rounds.</summary>
    public static bool IsValid(string? text) => TryParse(text, out _, out _, out _);

    /// <summary>Compares. Takes tens of milliseconds of processor time.</summary>
    internal static bool Fits(string password, string text) =>
        password.Length <= MaxLength
        && TryParse(text, out var rounds, out var salt, out var hash)
        && CryptographicOperations.FixedTimeEquals(Hash(password, salt, rounds), hash);

    private static byte[] Hash(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, HashBytes);

    private static bool TryParse(string? text, out int rounds, out byte[] salt, out byte[] hash)
    {
        (rounds, salt, hash) = (0, [], []);
        if (text is null or { Length: > 256 } || text.Split(':') is not [Scheme, var count, var saltText, var hashText])
        {
            return false;
        }
        if (
            !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out rounds)
            || rounds is < 10_000 or > 10_000_000
            || !Base64Url.IsValid(saltText)
            || !Base64Url.IsValid(hashText)
        )
        {
            return false;
        }
        (salt, hash) = (Base64Url.DecodeFromChars(saltText), Base64Url.DecodeFromChars(hashText));
        return salt.Length >= 8 && hash.Length == HashBytes;
    }
}
