// Feeds a parser what no honest peer sends: every truncation and seeded damage.
namespace Mumu.Protocols.Tests.Rtp;

internal static class Mutations
{
    /// <summary>All shorter beginnings of <paramref name="bytes"/>, then <paramref name="count"/> damaged copies.</summary>
    internal static IEnumerable<byte[]> Of(byte[] bytes, int count = 2_000, int seed = 1)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            yield return bytes[..length];
        }
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var copy = random.Next(4) == 0 ? bytes[..random.Next(bytes.Length + 1)] : (byte[])bytes.Clone();
            for (var flips = random.Next(1, 6); flips > 0 && copy.Length > 0; flips--)
            {
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            }
            yield return copy;
        }
    }
}
