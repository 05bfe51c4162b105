// Keeps an input that did harm, to be replayed.
using System.Security.Cryptography;

namespace Mumu.Fuzz;

internal static class FaultFile
{
    internal static string Write(string target, byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine("artifacts", "fuzz"));
        var file = Path.Combine(folder.FullName, $"{target}-{Convert.ToHexString(SHA256.HashData(input))[..12]}.bin");
        File.WriteAllBytes(file, input);
        return file;
    }
}
