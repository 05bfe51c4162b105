// What one side protects, the other gets back whole; nothing else gets through.
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Tests.Srtp;

public sealed class SrtpRoundTripTests
{
    public static TheoryData<SrtpProfile> Profiles => SrtpPair.Profiles;

    [Theory, MemberData(nameof(Profiles))]
    public void Packets_of_any_size_come_back_whole(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var random = new Random(7);
        for (var index = 100UL; index < 1100; index++)
        {
            var payload = new byte[index == 100 ? 0 : random.Next(1, 1400)];
            random.NextBytes(payload);
            var header = SrtpPair.Header(index);

            var packet = pair.Protect(header, payload, index);

            Assert.True(pair.Receiver.TryUnprotect(packet, out var length));
            Assert.Equal([.. header, .. payload], packet[..length]);
        }
        Assert.Equal(0, pair.Receiver.Refused + pair.Receiver.Replayed);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Sources_and_extension_of_the_header_stay_readable(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        byte[] header = [.. SrtpPair.Header(5), 1, 2, 3, 4, 5, 6, 7, 8, 0xBE, 0xDE, 0, 1, 0x10, 0x55, 0, 0];
        header[0] = 0x92; // an extension and two contributing sources

        var packet = pair.Protect(header, "payload"u8, 5);

        Assert.Equal(header, packet[..header.Length]);
        Assert.True(pair.Receiver.TryUnprotect(packet, out var length));
        Assert.Equal([.. header, .. "payload"u8], packet[..length]);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void A_payload_that_lies_in_its_place_is_encrypted_there(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var apart = pair.Protect(9, "the payload"u8);
        byte[] together = [.. SrtpPair.Header(9), .. "the payload"u8, .. new byte[pair.Sender.Overhead]];

        pair.Sender.Protect(together.AsSpan(0, 12), together.AsSpan(12, 11), 9, together);

        Assert.Equal(apart, together);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void A_retransmission_is_the_same_bytes(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var first = pair.Protect(0x1_0005, "once"u8);
        for (var index = 0x1_0006UL; index < 0x1_0100; index++)
            pair.Protect(index, "other"u8);

        Assert.Equal(first, pair.Protect(0x1_0005, "once"u8));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Rtcp_of_any_size_comes_back_whole(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        for (var words = 0; words < 300; words++)
        {
            var report = SrtpPair.Report(words);

            var packet = pair.ProtectRtcp(report);

            Assert.True(pair.Receiver.TryUnprotectRtcp(packet, out var length));
            Assert.Equal(report, packet[..length]);
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Every_flipped_bit_is_noticed(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var packet = pair.Protect(3, "short payload"u8);
        var report = pair.ProtectRtcp(SrtpPair.Report(3));
        for (var bit = 0; bit < packet.Length * 8; bit++)
            Assert.False(pair.Accepts(Flip(packet, bit)));
        for (var bit = 0; bit < report.Length * 8; bit++)
            Assert.False(pair.AcceptsRtcp(Flip(report, bit)));

        Assert.True(pair.Accepts(packet)); // forgeries have moved nothing
        Assert.True(pair.AcceptsRtcp(report));

        static byte[] Flip(byte[] bytes, int bit)
        {
            var copy = bytes.ToArray();
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            return copy;
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Every_truncation_is_refused(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        byte[] header = [.. SrtpPair.Header(4), 1, 2, 3, 4, 0xBE, 0xDE, 0, 1, 0x10, 0x55, 0, 0];
        header[0] = 0x91;
        var packet = pair.Protect(header, "short payload"u8, 4);
        var report = pair.ProtectRtcp(SrtpPair.Report(3));

        for (var length = 0; length < packet.Length; length++)
            Assert.False(pair.Accepts(packet[..length]));
        for (var length = 0; length < report.Length; length++)
            Assert.False(pair.AcceptsRtcp(report[..length]));
        Assert.Equal(packet.Length + report.Length, pair.Receiver.Refused);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Junk_is_refused_and_counted(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var junk = new byte[random.Next(0, 200)];
            random.NextBytes(junk);
            if (junk.Length > 0)
                junk[0] = (byte)(0x80 | (junk[0] & 0x3F));
            Assert.False(pair.Receiver.TryUnprotect(junk, out _));
            Assert.False(pair.Receiver.TryUnprotectRtcp(junk, out _));
        }
        Assert.Equal(40_000, pair.Receiver.Refused);
    }

    [Fact]
    public void Rtcp_that_claims_to_be_unencrypted_is_refused()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        var report = pair.ProtectRtcp(SrtpPair.Report(3));
        report[^4] &= 0x7F;

        Assert.False(pair.AcceptsRtcp(report));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Another_key_opens_nothing(SrtpProfile profile)
    {
        using var ours = new SrtpPair(profile, seed: 1);
        using var theirs = new SrtpPair(profile, seed: 2);

        Assert.False(theirs.Accepts(ours.Protect(1, "payload"u8)));
        Assert.False(theirs.AcceptsRtcp(ours.ProtectRtcp(SrtpPair.Report(2))));
    }

    [Fact]
    public void The_callers_mistakes_are_exceptions()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        var room = new byte[100];

        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Sender.Protect(new byte[11], new byte[10], 0, room));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Sender.Protect(new byte[12], new byte[73], 0, room));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Sender.Protect(new byte[12], new byte[10], 1UL << 48, room));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Sender.ProtectRtcp(new byte[7], room));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Sender.ProtectRtcp(new byte[81], room));
        Assert.Throws<ArgumentException>(() => new SrtpSender(SrtpProfile.AeadAes128Gcm, new SrtpKeys(new byte[16], new byte[14])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SrtpReceiver(SrtpProfile.None, new SrtpKeys(new byte[16], new byte[14])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SrtpKeys(new byte[16], new byte[13]));
        using var spent = new SrtpSender(
            SrtpTransform.Create(SrtpProfile.AeadAes128Gcm, new SrtpKeys(new byte[16], new byte[12]), true),
            0x7FFF_FFFF
        );
        spent.ProtectRtcp(SrtpPair.Report(0), room);
        Assert.Throws<InvalidOperationException>(() => spent.ProtectRtcp(SrtpPair.Report(0), room));
    }

    [Fact]
    public void Keys_do_not_print_themselves()
    {
        var keys = new SrtpKeys(new byte[16], new byte[12]);

        Assert.Equal("SRTP keys (secret)", keys.ToString());
    }

    [Theory, MemberData(nameof(Profiles))]
    public void No_packet_allocates(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var header = SrtpPair.Header(0);
        var report = SrtpPair.Report(10);
        var payload = new byte[1200];
        var packet = new byte[1500];
        Run(0, 200);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var opened = Run(200, 2000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(2 * 1800, opened);

        int Run(ulong from, ulong to)
        {
            var count = 0;
            for (var index = from; index < to; index++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)index);
                var length = pair.Sender.Protect(header, payload, index, packet);
                count += pair.Receiver.TryUnprotect(packet.AsSpan(0, length), out _) ? 1 : 0;
                length = pair.Sender.ProtectRtcp(report, packet);
                count += pair.Receiver.TryUnprotectRtcp(packet.AsSpan(0, length), out _) ? 1 : 0;
            }
            return count;
        }
    }
}
