// Roll-over, reordering and replay: which indexes a receiver takes.
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Tests.Srtp;

public sealed class SrtpReplayTests
{
    public static TheoryData<SrtpProfile> Profiles => SrtpPair.Profiles;

    [Theory, MemberData(nameof(Profiles))]
    public void A_packet_is_taken_once(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var packet = pair.Protect(10, "a"u8);
        var report = pair.ProtectRtcp(SrtpPair.Report(1));

        Assert.True(pair.Accepts(packet));
        Assert.False(pair.Accepts(packet));
        Assert.True(pair.AcceptsRtcp(report));
        Assert.False(pair.AcceptsRtcp(report));
        Assert.Equal(2, pair.Receiver.Replayed);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void The_sequence_number_rolls_over_many_times(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        for (var index = 20_000UL; index < 400_000; index += 9_973)
            Assert.True(pair.Accepts(pair.Protect(index, "a"u8)));
    }

    [Fact]
    public void Packets_around_a_roll_over_come_in_any_order()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        Assert.True(pair.Accepts(pair.Protect(65_500, "a"u8)));
        var indexes = Enumerable.Range(65_501, 200).Select(index => (ulong)index).ToArray();
        new Random(5).Shuffle(indexes);

        Assert.All(indexes, index => Assert.True(pair.Accepts(pair.Protect(index, "a"u8))));
        Assert.All(indexes, index => Assert.False(pair.Accepts(pair.Protect(index, "a"u8))));
    }

    [Fact]
    public void A_packet_from_before_the_first_one_is_taken_late()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);

        Assert.True(pair.Accepts(pair.Protect(2, "a"u8)));
        Assert.True(pair.Accepts(pair.Protect(0, "a"u8)));
    }

    [Fact]
    public void A_packet_behind_the_window_is_refused()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        Assert.True(pair.Accepts(pair.Protect(5_000, "a"u8)));

        Assert.True(pair.Accepts(pair.Protect(5_000 - ReplayWindow.Size + 1, "a"u8)));
        Assert.False(pair.Accepts(pair.Protect(5_000 - ReplayWindow.Size, "a"u8)));
    }

    [Fact]
    public void Sources_roll_over_apart_from_each_other()
    {
        using var pair = new SrtpPair(SrtpProfile.Aes128CmSha1_80);
        foreach (var index in new ulong[] { 30_000, 60_000, 70_000 })
            Assert.True(pair.Accepts(pair.Protect(index, "a"u8, ssrc: 1)));

        Assert.True(pair.Accepts(pair.Protect(70, "a"u8, ssrc: 2)));
        Assert.True(pair.Accepts(pair.Protect(70_001, "a"u8, ssrc: 1)));
        Assert.True(pair.Accepts(pair.Protect(71, "a"u8, ssrc: 2)));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Sources_are_bounded(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        for (var ssrc = 1u; ssrc <= SrtpReceiver.MaxSources; ssrc++)
        {
            Assert.True(pair.Accepts(pair.Protect(1, "a"u8, ssrc)));
            Assert.True(pair.AcceptsRtcp(pair.ProtectRtcp(SrtpPair.Report(1, ssrc))));
        }

        Assert.False(pair.Accepts(pair.Protect(1, "a"u8, ssrc: 9_999)));
        Assert.False(pair.AcceptsRtcp(pair.ProtectRtcp(SrtpPair.Report(1, ssrc: 9_999))));
        Assert.True(pair.Accepts(pair.Protect(2, "a"u8, ssrc: 1)));
        Assert.Equal(2, pair.Receiver.Refused);
    }

    [Fact]
    public void The_window_agrees_with_a_plain_set()
    {
        var random = new Random(11);
        var window = new ReplayWindow(50_000);
        var seen = new HashSet<ulong> { 50_000 };
        for (var i = 0; i < 100_000; i++)
        {
            var jump = random.Next(100) == 0 ? 3_000 : 40;
            var index = (ulong)((long)window.Highest + random.Next(-1_100, jump));
            var expected = !seen.Contains(index) && index + ReplayWindow.Size > window.Highest;
            Assert.Equal(expected, window.IsNew(index));
            if (expected)
            {
                window.Mark(index);
                seen.Add(index);
            }
        }
    }

    [Theory]
    [InlineData(0UL, 0, 0UL)]
    [InlineData(0UL, 65_535, 65_535UL)]
    [InlineData(70_000UL, 65_535, 65_535UL)]
    [InlineData(65_535UL, 0, 65_536UL)]
    [InlineData(40_000UL, 7_200, 72_736UL)]
    [InlineData(40_000UL, 39_999, 39_999UL)]
    public void The_nearest_index_is_estimated(ulong highest, int sequence, ulong expected) =>
        Assert.Equal(expected, SrtpReceiver.EstimateIndex(highest, (ushort)sequence));
}
