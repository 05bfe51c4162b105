// Reads a key or token from standard input, a file or the environment; never from the command line, which every user of the machine can read.
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Bench;

internal static class SecretInput
{
    /// <summary>The secret; null if none was given.</summary>
    /// <exception cref="VerbException">It was promised and did not come.</exception>
    internal static string? Read(bool fromInput, FileInfo? file, string variable, TextReader input)
    {
        if (fromInput)
        {
            return input.ReadLine()?.Trim() is { Length: > 0 } line ? line : throw new VerbException("Nothing came on standard input.");
        }
        if (file is null)
        {
            return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
        }
        try
        {
            using var reader = file.OpenText();
            return reader.ReadLine()?.Trim() is { Length: > 0 } line ? line : throw new VerbException($"{file.FullName} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"{file.FullName} can't be read: {e.Message}");
        }
    }
}
