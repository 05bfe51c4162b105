// Randomness for sessions: the framework's interface over the system's cryptographic generator.
using System.Security.Cryptography;

namespace Mumu.Media.WebRtc;

/// <summary>Cores take a <see cref="Random"/>, so that tests can be repeated; outside of tests it is this one. Safe to use from any thread.</summary>
internal sealed class CryptoRandom : Random
{
    internal static readonly CryptoRandom Instance = new();

    /// <inheritdoc />
    public override int Next() => Next(int.MaxValue);

    /// <inheritdoc />
    public override int Next(int maxValue) => maxValue < 1 ? 0 : RandomNumberGenerator.GetInt32(maxValue);

    /// <inheritdoc />
    public override int Next(int minValue, int maxValue) =>
        minValue == maxValue ? minValue : RandomNumberGenerator.GetInt32(minValue, maxValue);

    /// <inheritdoc />
    public override long NextInt64() => NextInt64(long.MaxValue);

    /// <inheritdoc />
    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    /// <inheritdoc />
    public override long NextInt64(long minValue, long maxValue)
    {
        var range = unchecked((ulong)(maxValue - minValue));
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        // 128 bits over a range of at most 64: the bias is beyond measure.
        return range == 0 ? minValue : minValue + (long)(ulong)(BitConverter.ToUInt128(bytes) % range);
    }

    /// <inheritdoc />
    public override void NextBytes(byte[] buffer) => RandomNumberGenerator.Fill(buffer);

    /// <inheritdoc />
    public override void NextBytes(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    /// <inheritdoc />
    public override double NextDouble() => Sample();

    /// <inheritdoc />
    protected override double Sample() => (NextInt64(0, 1L << 53)) / (double)(1L << 53);
}
