// The processor's own AES-GCM against OpenSSL's, and its parts against each other.
using System.Runtime.Intrinsics;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Tests.Srtp;

public sealed unsafe class GcmCipherTests
{
    private const int MaxHeader = 64;
    private const int MaxText = 3_000;
    private const int Guard = 64;

    [Fact]
    public void Every_length_of_text_gives_openssls_bytes()
    {
        Assert.SkipUnless(HardwareGcm.IsSupported, "This processor has no instructions for it.");
        var random = new Random(1);
        for (var length = 0; length <= 1_500; length++)
            Compare(random, headerLength: 12, length);
    }

    [Fact]
    public void Every_length_of_header_gives_openssls_bytes()
    {
        Assert.SkipUnless(HardwareGcm.IsSupported, "This processor has no instructions for it.");
        var random = new Random(2);
        for (var length = 0; length <= MaxHeader; length++)
            Compare(random, length, random.Next(0, 400));
    }

    [Fact]
    public void Random_packets_give_openssls_bytes()
    {
        Assert.SkipUnless(HardwareGcm.IsSupported, "This processor has no instructions for it.");
        var random = new Random(3);
        for (var i = 0; i < 5_000; i++)
            Compare(random, random.Next(0, MaxHeader + 1), random.Next(0, MaxText + 1));
    }

    [Fact]
    public void Bits_that_are_all_set_or_clear_give_openssls_bytes()
    {
        Assert.SkipUnless(HardwareGcm.IsSupported, "This processor has no instructions for it.");
        foreach (var fill in new byte[] { 0x00, 0xFF, 0x80, 0x01 })
            Compare(Enumerable.Repeat(fill, 16).ToArray(), Enumerable.Repeat(fill, 12).ToArray(), new byte[20], new byte[1_200]);
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        Assert.SkipUnless(HardwareGcm.IsSupported, "This processor has no instructions for it.");
        var random = new Random(4);
        var (key, nonce, header, text) = (Bytes(random, 16), Bytes(random, 12), Bytes(random, 20), Bytes(random, 300));
        using var cipher = new HardwareGcm(key);
        var sealedText = Seal(cipher, nonce, header, text, inPlace: false);
        for (var bit = 0; bit < sealedText.Length * 8; bit++)
        {
            var forged = sealedText.ToArray();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(TryOpen(cipher, nonce, header, forged, out _));
        }
        for (var bit = 0; bit < header.Length * 8; bit++)
        {
            var forged = header.ToArray();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(TryOpen(cipher, nonce, forged, sealedText, out _));
        }
        Assert.True(TryOpen(cipher, nonce, header, sealedText, out _));
    }

    [Fact]
    public void Wide_and_narrow_hashing_agree()
    {
        Assert.SkipUnless(Ghash.IsSupported && Ghash.IsWide, "This processor multiplies one pair at a time only.");
        var random = new Random(5);
        var powers = new byte[Ghash.PowerBytes];
        fixed (byte* p = powers)
        {
            for (var i = 0; i < 1_000; i++)
            {
                Ghash.Prepare(Vector128.Create(Bytes(random, 16)), p);
                var sum = Vector128.Create(Bytes(random, 16)).AsUInt64();
                fixed (byte* data = Bytes(random, 256))
                    Assert.Equal(Ghash.Add(p, sum, data, 16), Ghash.AddSixteenWide(p, sum, data));
            }
        }
    }

    [Fact]
    public void Counter_mode_gives_openssls_bytes_at_every_length()
    {
        Assert.SkipUnless(AesHardware.IsSupported, "This processor has no instructions for it.");
        var random = new Random(6);
        for (var length = 0; length <= 600; length++)
        {
            var (key, counter, text) = (Bytes(random, 16), Bytes(random, 16), Bytes(random, length));
            (counter[14], counter[15]) = (0, 0); // as SRTP has it: room for the count of blocks
            using var hardware = new HardwareCounter(key);
            using var openSsl = new OpenSslCounter(key);
            Assert.Equal(Encrypt(openSsl, counter, text), Encrypt(hardware, counter, text));
        }
    }

    private static void Compare(Random random, int headerLength, int length) =>
        Compare(Bytes(random, 16), Bytes(random, 12), Bytes(random, headerLength), Bytes(random, length));

    private static void Compare(byte[] key, byte[] nonce, byte[] header, byte[] text)
    {
        using var hardware = new HardwareGcm(key);
        using var sealing = new OpenSslGcm(key, encrypt: true);
        using var opening = new OpenSslGcm(key, encrypt: false);
        var expected = Seal(sealing, nonce, header, text, inPlace: false);

        Assert.Equal(expected, Seal(hardware, nonce, header, text, inPlace: false));
        Assert.Equal(expected, Seal(hardware, nonce, header, text, inPlace: true));
        Assert.True(TryOpen(hardware, nonce, header, expected, out var opened));
        Assert.Equal(text, opened);
        Assert.True(TryOpen(opening, nonce, header, expected, out opened));
        Assert.Equal(text, opened);
    }

    /// <summary>Text and tag, with a look at the bytes before and behind them.</summary>
    private static byte[] Seal(GcmCipher cipher, byte[] nonce, byte[] header, byte[] text, bool inPlace)
    {
        var room = new byte[Guard + text.Length + GcmCipher.TagLength + Guard];
        Array.Fill(room, (byte)0xA5);
        text.CopyTo(room.AsSpan(Guard));
        // One byte more, since a pinned empty array has no address.
        byte[] head = [.. header, 0];
        byte[] input = [.. text, 0];
        fixed (
            byte* n = nonce,
                h = head,
                source = input,
                destination = room
        )
        {
            var output = destination + Guard;
            cipher.Seal(n, h, header.Length, inPlace ? output : source, output, text.Length, output + text.Length);
        }
        Assert.Equal(-1, room.AsSpan(0, Guard).IndexOfAnyExcept((byte)0xA5));
        Assert.Equal(-1, room.AsSpan(Guard + text.Length + GcmCipher.TagLength).IndexOfAnyExcept((byte)0xA5));
        return room[Guard..^Guard];
    }

    private static bool TryOpen(GcmCipher cipher, byte[] nonce, byte[] header, byte[] sealedText, out byte[] text)
    {
        var copy = sealedText.ToArray();
        byte[] head = [.. header, 0];
        var length = copy.Length - GcmCipher.TagLength;
        bool opened;
        fixed (
            byte* n = nonce,
                h = head,
                bytes = copy
        )
            opened = cipher.Open(n, h, header.Length, bytes, length, bytes + length);
        text = copy[..length];
        return opened;
    }

    private static byte[] Encrypt(CounterCipher cipher, byte[] counter, byte[] text)
    {
        byte[] copy = [.. text, 0xA5];
        fixed (
            byte* c = counter,
                bytes = copy
        )
            cipher.Encrypt(c, bytes, bytes, text.Length);
        Assert.Equal(0xA5, copy[^1]);
        return copy[..^1];
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
