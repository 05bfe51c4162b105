// The hub's secret for access tokens: 32 random bytes in a file only its user may read.
using System.Security.Cryptography;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Accounts;

/// <summary>Read from <c>jwt.key</c>, or made once; two processes that start together end with the same key.</summary>
internal sealed class SigningKey
{
    private const int Length = 32;

    private readonly Lazy<byte[]> key;

    public SigningKey(string directory) => key = new Lazy<byte[]>(() => ReadOrMake(directory));

    public ReadOnlySpan<byte> Bytes => key.Value;

    private static byte[] ReadOrMake(string directory)
    {
        PrivateDirectory.Create(directory);
        string file = Path.Combine(directory, "jwt.key");
        if (!File.Exists(file))
        {
            Make(file);
        }

        byte[] bytes = File.ReadAllBytes(file);
        return bytes.Length == Length
            ? bytes
            : throw new InvalidOperationException(
                $"{file} is damaged: it must hold {Length} bytes. Delete it to get a new one; everyone signs in again."
            );
    }

    private static void Make(string file)
    {
        string draft = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(RandomNumberGenerator.GetBytes(Length));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process was first; its key counts.
            File.Delete(draft);
        }
    }
}
