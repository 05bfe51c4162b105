// Which requests for a packet are answered.
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc;

public sealed class ResendTimesTests
{
    private static readonly TimeSpan s_half = TimeSpan.FromMilliseconds(25);

    private static TimeSpan At(int ms) => TimeSpan.FromMilliseconds(ms);

    [Fact]
    public void A_request_that_crosses_its_answer_is_passed_over_and_a_later_one_is_a_repeat()
    {
        var times = new ResendTimes();
        Assert.True(times.TryNote(7, s_half, At(100), out var isRepeat));
        Assert.False(isRepeat);
        Assert.False(times.TryNote(7, s_half, At(120), out _));
        Assert.True(times.TryNote(8, s_half, At(120), out isRepeat));
        Assert.False(isRepeat);
        Assert.True(times.TryNote(7, s_half, At(125), out isRepeat));
        Assert.True(isRepeat);
        Assert.False(times.TryNote(7, s_half, At(149), out _));
    }

    [Fact]
    public void A_packet_that_was_pushed_out_is_sent_again_as_if_for_the_first_time()
    {
        var times = new ResendTimes();
        Assert.True(times.TryNote(1, s_half, At(0), out _));
        Assert.True(times.TryNote(1 + 128, s_half, At(1), out var isRepeat));
        Assert.False(isRepeat);
        Assert.True(times.TryNote(1, s_half, At(2), out isRepeat));
        Assert.False(isRepeat);
    }

    [Fact]
    public void Without_a_known_round_trip_every_request_is_answered()
    {
        var times = new ResendTimes();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(times.TryNote(5, TimeSpan.Zero, At(9), out _));
        }
    }
}
