// AES-128 by the processor's own instructions (AES-NI): key schedule, one block, counter mode.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mumu.Protocols.Srtp;

/// <summary>
/// FIPS 197 with the instructions of x86. No table is looked up and no branch depends on a secret, so the time tells nothing of either. Counters are passed as four
/// numbers of this machine's order, the last of which counts; a cipher block of counter mode is that with each number's bytes turned.
/// </summary>
internal static unsafe class AesHardware
{
    /// <summary>Bytes of the round keys of AES-128.</summary>
    public const int RoundKeyBytes = 11 * Block;

    private const int Block = 16;

    /// <summary>True if this processor has what is used here; else the callers go to OpenSSL.</summary>
    public static bool IsSupported => Aes.IsSupported && Ssse3.IsSupported;

    /// <summary>Computes the round keys.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="roundKeys">Room for <see cref="RoundKeyBytes" />.</param>
    public static void Expand(ReadOnlySpan<byte> key, byte* roundKeys)
    {
        var k = Vector128.Create(key);
        k.Store(roundKeys);
        Next(ref k, Aes.KeygenAssist(k, 0x01), roundKeys + Block);
        Next(ref k, Aes.KeygenAssist(k, 0x02), roundKeys + 2 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x04), roundKeys + 3 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x08), roundKeys + 4 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x10), roundKeys + 5 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x20), roundKeys + 6 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x40), roundKeys + 7 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x80), roundKeys + 8 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x1B), roundKeys + 9 * Block);
        Next(ref k, Aes.KeygenAssist(k, 0x36), roundKeys + 10 * Block);
    }

    /// <summary>Encrypts one block.</summary>
    public static Vector128<byte> Encrypt(byte* roundKeys, Vector128<byte> block)
    {
        block ^= Vector128.Load(roundKeys);
        for (var round = Block; round < 10 * Block; round += Block)
            block = Aes.Encrypt(block, Vector128.Load(roundKeys + round));
        return Aes.EncryptLast(block, Vector128.Load(roundKeys + 10 * Block));
    }

    /// <summary>The cipher block of a counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> BlockOf(Vector128<uint> counter) =>
        Ssse3.Shuffle(counter.AsByte(), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));

    /// <summary>Exclusive-or of bytes with the key stream from a counter on; in place or apart, never half overlapping.</summary>
    /// <param name="roundKeys">From <see cref="Expand" />.</param>
    /// <param name="counter">Of the first block; the last number must not run over.</param>
    /// <param name="input">What to encrypt or decrypt.</param>
    /// <param name="output">Where to.</param>
    /// <param name="length">Bytes.</param>
    [SkipLocalsInit]
    public static void Counter(byte* roundKeys, Vector128<uint> counter, byte* input, byte* output, int length)
    {
        for (; length >= 8 * Block; length -= 8 * Block, input += 8 * Block, output += 8 * Block)
        {
            EightBlocks(roundKeys, counter, input, output);
            counter += Vector128.Create(0u, 0, 0, 8);
        }
        if (length >= 4 * Block)
        {
            FourBlocks(roundKeys, counter, input, output);
            counter += Vector128.Create(0u, 0, 0, 4);
            input += 4 * Block;
            output += 4 * Block;
            length -= 4 * Block;
        }
        if (length == 0)
            return;
        // What is left is less than four blocks; they are computed together, since one alone takes as long.
        var stream = stackalloc byte[4 * Block];
        new Span<byte>(stream, 4 * Block).Clear();
        FourBlocks(roundKeys, counter, stream, stream);
        var i = 0;
        for (; i <= length - Block; i += Block)
            (Vector128.Load(input + i) ^ Vector128.Load(stream + i)).Store(output + i);
        for (; i < length; i++)
            output[i] = (byte)(input[i] ^ stream[i]);
    }

    /// <summary>The same for 128 bytes: so many blocks keep the units for AES busy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EightBlocks(byte* roundKeys, Vector128<uint> counter, byte* input, byte* output)
    {
        var one = Vector128.Create(0u, 0, 0, 1);
        var key = Vector128.Load(roundKeys);
        var s0 = BlockOf(counter) ^ key;
        var s1 = BlockOf(counter += one) ^ key;
        var s2 = BlockOf(counter += one) ^ key;
        var s3 = BlockOf(counter += one) ^ key;
        var s4 = BlockOf(counter += one) ^ key;
        var s5 = BlockOf(counter += one) ^ key;
        var s6 = BlockOf(counter += one) ^ key;
        var s7 = BlockOf(counter + one) ^ key;
        for (var round = Block; round < 10 * Block; round += Block)
        {
            key = Vector128.Load(roundKeys + round);
            s0 = Aes.Encrypt(s0, key);
            s1 = Aes.Encrypt(s1, key);
            s2 = Aes.Encrypt(s2, key);
            s3 = Aes.Encrypt(s3, key);
            s4 = Aes.Encrypt(s4, key);
            s5 = Aes.Encrypt(s5, key);
            s6 = Aes.Encrypt(s6, key);
            s7 = Aes.Encrypt(s7, key);
        }
        key = Vector128.Load(roundKeys + 10 * Block);
        // The last round ends in an exclusive-or with its key, so the text is mixed into that.
        Aes.EncryptLast(s0, key ^ Vector128.Load(input)).Store(output);
        Aes.EncryptLast(s1, key ^ Vector128.Load(input + Block)).Store(output + Block);
        Aes.EncryptLast(s2, key ^ Vector128.Load(input + 2 * Block)).Store(output + 2 * Block);
        Aes.EncryptLast(s3, key ^ Vector128.Load(input + 3 * Block)).Store(output + 3 * Block);
        Aes.EncryptLast(s4, key ^ Vector128.Load(input + 4 * Block)).Store(output + 4 * Block);
        Aes.EncryptLast(s5, key ^ Vector128.Load(input + 5 * Block)).Store(output + 5 * Block);
        Aes.EncryptLast(s6, key ^ Vector128.Load(input + 6 * Block)).Store(output + 6 * Block);
        Aes.EncryptLast(s7, key ^ Vector128.Load(input + 7 * Block)).Store(output + 7 * Block);
    }

    private static void FourBlocks(byte* roundKeys, Vector128<uint> counter, byte* input, byte* output)
    {
        var one = Vector128.Create(0u, 0, 0, 1);
        var key = Vector128.Load(roundKeys);
        var s0 = BlockOf(counter) ^ key;
        var s1 = BlockOf(counter += one) ^ key;
        var s2 = BlockOf(counter += one) ^ key;
        var s3 = BlockOf(counter + one) ^ key;
        for (var round = Block; round < 10 * Block; round += Block)
        {
            key = Vector128.Load(roundKeys + round);
            s0 = Aes.Encrypt(s0, key);
            s1 = Aes.Encrypt(s1, key);
            s2 = Aes.Encrypt(s2, key);
            s3 = Aes.Encrypt(s3, key);
        }
        key = Vector128.Load(roundKeys + 10 * Block);
        Aes.EncryptLast(s0, key ^ Vector128.Load(input)).Store(output);
        Aes.EncryptLast(s1, key ^ Vector128.Load(input + Block)).Store(output + Block);
        Aes.EncryptLast(s2, key ^ Vector128.Load(input + 2 * Block)).Store(output + 2 * Block);
        Aes.EncryptLast(s3, key ^ Vector128.Load(input + 3 * Block)).Store(output + 3 * Block);
    }

    private static void Next(ref Vector128<byte> key, Vector128<byte> assist, byte* destination)
    {
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8); // both steps together: each word with all words before it
        key ^= Sse2.Shuffle(assist.AsUInt32(), 0xFF).AsByte();
        key.Store(destination);
    }
}
