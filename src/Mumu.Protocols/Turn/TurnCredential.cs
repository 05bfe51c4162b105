// The credentials of coturn's REST scheme: a user name that says when it ends, and a password that follows from it.
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Mumu.Protocols.Turn;

/// <summary>
/// User name <c>{unix seconds of its end}:{identifier}</c>, password base64(HMAC-SHA1(secret, user name)), so that whoever shares the secret makes
/// credentials and no list of users is needed.
/// </summary>
[SuppressMessage("Security", "CA5350", Justification = "HMAC-SHA1 is what coturn's scheme says.")]
[SuppressMessage("Security", "CA5351", Justification = "MD5 makes the key of RFC 8489 §18.5.1.1, the one that browsers know.")]
public static class TurnCredential
{
    /// <summary>Longest user name that is taken, in bytes.</summary>
    public const int MaxUserNameLength = 256;

    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = MD5.HashSizeInBytes;

    private const int PasswordLength = 28;

    /// <summary>The password of a user name.</summary>
    public static string Password(ReadOnlySpan<byte> secret, string userName)
    {
        Span<byte> password = stackalloc byte[PasswordLength];
        WritePassword(secret, Encoding.UTF8.GetBytes(userName), password);
        return Encoding.ASCII.GetString(password);
    }

    /// <summary>Writes the key of MESSAGE-INTEGRITY: MD5 over user name, realm and password (RFC 8489 §9.2.2).</summary>
    /// <param name="secret">The shared secret.</param>
    /// <param name="userName">At most <see cref="MaxUserNameLength"/> bytes.</param>
    /// <param name="realm">At most <see cref="TurnServerOptions.MaxRealmLength"/> bytes.</param>
    /// <param name="key">Sixteen bytes.</param>
    public static void WriteKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> userName, ReadOnlySpan<byte> realm, Span<byte> key)
    {
        Span<byte> text = stackalloc byte[MaxUserNameLength + TurnServerOptions.MaxRealmLength + PasswordLength + 2];
        userName.CopyTo(text);
        var length = userName.Length;
        text[length++] = (byte)':';
        realm.CopyTo(text[length..]);
        length += realm.Length;
        text[length++] = (byte)':';
        WritePassword(secret, userName, text.Slice(length, PasswordLength));
        MD5.HashData(text[..(length + PasswordLength)], key);
    }

    /// <summary>Takes a user name apart; false if it is not of the scheme.</summary>
    /// <param name="userName">The bytes of USERNAME.</param>
    /// <param name="end">When the credential ends, Unix seconds.</param>
    /// <param name="identifier">Whose it is; not empty.</param>
    public static bool TryParse(ReadOnlySpan<byte> userName, out long end, out ReadOnlySpan<byte> identifier)
    {
        end = 0;
        identifier = default;
        var colon = userName.IndexOf((byte)':');
        if (
            userName.Length > MaxUserNameLength
            || colon is < 1 or > 11 // in digits; any year to come fits, and a TimeSpan holds it
            || userName[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(userName[..colon], out end, out _)
        )
        {
            return false;
        }
        identifier = userName[(colon + 1)..];
        return !identifier.IsEmpty;
    }

    private static void WritePassword(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> userName, Span<byte> password)
    {
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, userName, hash);
        Base64.EncodeToUtf8(hash, password, out _, out _);
    }
}
