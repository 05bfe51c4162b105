// GHASH (NIST SP 800-38D) by carry-less multiplication in the processor: four blocks at once where it can, one elsewhere.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mumu.Protocols.Srtp;

/// <summary>
/// Blocks are numbers with their bytes turned, so that bit 127 is the coefficient of 1. A carry-less product of two such numbers stands one place too low; the powers of
/// the key are therefore kept divided by x, and no product needs a shift. Sixteen products are added up before one reduction.
/// </summary>
internal static unsafe class Ghash
{
    /// <summary>Blocks that one step takes at most, and powers of the key that are kept.</summary>
    public const int Blocks = 16;

    /// <summary>Bytes of the powers.</summary>
    public const int PowerBytes = Blocks * Block;

    private const int Block = 16;

    /// <summary>True if this processor has what is used here.</summary>
    public static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>True if it multiplies four pairs at once.</summary>
    public static bool IsWide => Pclmulqdq.V512.IsSupported && Avx512BW.IsSupported;

    /// <summary>x⁻¹ = x¹²⁷ + x⁶ + x + 1, and by its upper half the polynomial of the field.</summary>
    private static Vector128<ulong> Polynomial => Vector128.Create(1UL, 0xC200_0000_0000_0000);

    /// <summary>Computes the powers: the sixteenth first, so that the last blocks of a message meet the last entries.</summary>
    /// <param name="key">The block of zeros, encrypted.</param>
    /// <param name="powers">Room for <see cref="PowerBytes" />.</param>
    public static void Prepare(Vector128<byte> key, byte* powers)
    {
        var h = Turn(key).AsUInt64();
        var carries = Vector128.Create(0UL, h[0] >> 63);
        var lost = Vector128.Create(0UL - (h[1] >> 63)); // all ones if a bit leaves at the top
        var first = (h << 1) ^ carries ^ (lost & Polynomial);
        var power = first;
        for (var i = Blocks - 1; i >= 0; i--)
        {
            power.AsByte().Store(powers + i * Block);
            power = Multiply(power, first);
        }
    }

    /// <summary>Adds whole blocks to a sum.</summary>
    /// <param name="powers">From <see cref="Prepare" />.</param>
    /// <param name="sum">The sum so far; zero to begin with.</param>
    /// <param name="data">The blocks.</param>
    /// <param name="blocks">1–16.</param>
    public static Vector128<ulong> Add(byte* powers, Vector128<ulong> sum, byte* data, int blocks)
    {
        powers += (Blocks - blocks) * Block;
        var (low, middle, high) = (Vector128<ulong>.Zero, Vector128<ulong>.Zero, Vector128<ulong>.Zero);
        for (var i = 0; i < blocks * Block; i += Block)
        {
            Accumulate(
                sum ^ Turn(Vector128.Load(data + i)).AsUInt64(),
                Vector128.Load(powers + i).AsUInt64(),
                ref low,
                ref middle,
                ref high
            );
            sum = Vector128<ulong>.Zero;
        }
        return Reduce(low, middle, high);
    }

    /// <summary>Adds one block that stands in a register.</summary>
    public static Vector128<ulong> Add(byte* powers, Vector128<ulong> sum, Vector128<byte> block) =>
        Multiply(sum ^ Turn(block).AsUInt64(), Vector128.Load(powers + (Blocks - 1) * Block).AsUInt64());

    /// <summary>Adds 16 blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> AddSixteen(byte* powers, Vector128<ulong> sum, byte* data) =>
        IsWide ? AddSixteenWide(powers, sum, data) : Add(powers, sum, data, Blocks);

    /// <summary>The same with 512-bit registers; only where <see cref="IsWide" />.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> AddSixteenWide(byte* powers, Vector128<ulong> sum, byte* data)
    {
        var turn = Vector512.Create(Vector256.Create(Turned, Turned), Vector256.Create(Turned, Turned));
        var x0 = Avx512BW.Shuffle(Vector512.Load(data), turn).AsUInt64() ^ sum.ToVector256().ToVector512();
        var x1 = Avx512BW.Shuffle(Vector512.Load(data + 64), turn).AsUInt64();
        var x2 = Avx512BW.Shuffle(Vector512.Load(data + 128), turn).AsUInt64();
        var x3 = Avx512BW.Shuffle(Vector512.Load(data + 192), turn).AsUInt64();
        var h0 = Vector512.Load(powers).AsUInt64();
        var h1 = Vector512.Load(powers + 64).AsUInt64();
        var h2 = Vector512.Load(powers + 128).AsUInt64();
        var h3 = Vector512.Load(powers + 192).AsUInt64();
        var low = Products(0x00);
        var high = Products(0x11);
        var middle = Products(0x01) ^ Products(0x10);
        var polynomial = Vector512.Create(Vector256.Create(Polynomial, Polynomial), Vector256.Create(Polynomial, Polynomial));
        middle ^= Avx512F.Shuffle(low.AsUInt32(), 0x4E).AsUInt64() ^ Pclmulqdq.V512.CarrylessMultiply(low, polynomial, 0x10);
        high ^= Avx512F.Shuffle(middle.AsUInt32(), 0x4E).AsUInt64() ^ Pclmulqdq.V512.CarrylessMultiply(middle, polynomial, 0x10);
        var half = high.GetLower() ^ high.GetUpper();
        return half.GetLower() ^ half.GetUpper();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector512<ulong> Products([ConstantExpected] byte halves) =>
            Pclmulqdq.V512.CarrylessMultiply(x0, h0, halves)
            ^ Pclmulqdq.V512.CarrylessMultiply(x1, h1, halves)
            ^ Pclmulqdq.V512.CarrylessMultiply(x2, h2, halves)
            ^ Pclmulqdq.V512.CarrylessMultiply(x3, h3, halves);
    }

    /// <summary>The sum as bytes.</summary>
    public static Vector128<byte> Bytes(Vector128<ulong> sum) => Turn(sum.AsByte());

    private static Vector128<byte> Turned => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Turn(Vector128<byte> block) => Ssse3.Shuffle(block, Turned);

    private static Vector128<ulong> Multiply(Vector128<ulong> a, Vector128<ulong> b)
    {
        var (low, middle, high) = (Vector128<ulong>.Zero, Vector128<ulong>.Zero, Vector128<ulong>.Zero);
        Accumulate(a, b, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        Vector128<ulong> a,
        Vector128<ulong> b,
        ref Vector128<ulong> low,
        ref Vector128<ulong> middle,
        ref Vector128<ulong> high
    )
    {
        low ^= Pclmulqdq.CarrylessMultiply(a, b, 0x00);
        high ^= Pclmulqdq.CarrylessMultiply(a, b, 0x11);
        middle ^= Pclmulqdq.CarrylessMultiply(a, b, 0x01) ^ Pclmulqdq.CarrylessMultiply(a, b, 0x10);
    }

    /// <summary>Twice takes 64 bits off the low end: adds the multiple of the polynomial that clears them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        middle ^= Sse2.Shuffle(low.AsUInt32(), 0x4E).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(low, Polynomial, 0x10);
        return high ^ Sse2.Shuffle(middle.AsUInt32(), 0x4E).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(middle, Polynomial, 0x10);
    }
}
