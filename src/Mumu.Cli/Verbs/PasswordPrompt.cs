// Reads a password: from a pipe, or typed twice without being shown.
using System.Text;

namespace Mumu.Cli.Verbs;

internal static class PasswordPrompt
{
    /// <exception cref="VerbException">None was given, or the two differ.</exception>
    public static string Read(bool fromInput)
    {
        if (fromInput || Console.IsInputRedirected)
        {
            return Console.In.ReadLine() is { Length: > 0 } line
                ? line
                : throw new VerbException(
                    "No password came on standard input. Example: echo PASSWORD | mumu user add NAME --password-stdin"
                );
        }
        var first = Type("Password: ");
        return first == Type("Again: ") ? first : throw new VerbException("The two passwords differ. Nothing was changed.");
    }

    private static string Type(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
