// The hub's secret for access tokens: 32 random bytes in a file only its user may read.
using System.Diagnostics;
using System.Security.Cryptography;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Accounts;

/// <summary>Read from <c>jwt.key</c>, or made once; two processes that start together end with the same key.</summary>
internal sealed class SigningKey
{
    private const int Length = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lazy<byte[]> key;

    public SigningKey(string directory) => key = new Lazy<byte[]>(() => ReadOrMake(directory));

    public ReadOnlySpan<byte> Bytes => key.Value;

    /// <summary>Reads it now, so that a damaged file is told at the start and not at the first sign-in.</summary>
    public void Load() => _ = key.Value;

    private static byte[] ReadOrMake(string directory)
    {
        PrivateDirectory.Create(directory);
        string file = Path.Combine(directory, "jwt.key");
        return TryMake(file) ?? Read(file);
    }

    /// <summary>Null when there is a file already: to create it is the one step that only one process can win (a rename is not).</summary>
    private static byte[]? TryMake(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            byte[] bytes = RandomNumberGenerator.GetBytes(Length);
            using var stream = new FileStream(file, options);
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
            return bytes;
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    private static byte[] Read(string file)
    {
        // Another process may be between creating and writing it.
        long start = Stopwatch.GetTimestamp();
        while (new FileInfo(file).Length < Length && Stopwatch.GetElapsedTime(start) < Patience)
        {
            Thread.Sleep(5);
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[Length + 1];
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == Length
            ? bytes[..Length]
            : throw new HubAdministrationException(
                $"{file} is damaged: it must hold {Length} bytes. Delete it to get a new one; everyone signs in again."
            );
    }
}
