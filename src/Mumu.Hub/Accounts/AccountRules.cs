// What a name, an e-mail address and a password may look like, with a sentence for each refusal.
using System.Globalization;

namespace Mumu.Hub.Accounts;

/// <summary>Each check gives null, or the sentence that says what to change.</summary>
internal static class AccountRules
{
    public static string? Check(string? username, string? email, string? password) =>
        CheckName(username) ?? CheckEmail(email) ?? CheckPassword(password);

    public static string? CheckPassword(string? password) =>
        password?.Length switch
        {
            null or 0 => "Please give a password.",
            < 8 => "The password is too short: it needs at least 8 characters.",
            > 256 => "The password is too long: at most 256 characters.",
            _ => null,
        };

    /// <summary>How names and addresses are compared: without regard to case.</summary>
    public static string Key(string text) => text.Trim().Normalize().ToLowerInvariant();

    private static string? CheckName(string? username)
    {
        if (string.IsNullOrWhiteSpace(username))
        {
            return "Please give a user name.";
        }

        if (username.Length > 64)
        {
            return "The user name is too long: at most 64 characters.";
        }

        return username.Any(IsInvisible) || username.Any(char.IsSurrogate) && !IsWellFormed(username) || username != username.Trim()
            ? "The user name must not hold control or invisible characters or begin or end with a space."
            : null;
    }

    /// <summary>Control characters, and those that turn or hide writing: with them one name could look like another.</summary>
    private static bool IsInvisible(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    private static string? CheckEmail(string? email)
    {
        if (string.IsNullOrEmpty(email))
        {
            return null;
        }

        int at = email.IndexOf('@', StringComparison.Ordinal);
        bool looksRight =
            at > 0 && at < email.Length - 1 && email.Length <= 254 && !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
        return looksRight && IsWellFormed(email) ? null : "This is not an e-mail address.";
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
