// A line that a report moves: time never goes back, and what was wanted is reached.
using Mumu.Protocols.Rtp;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class RtpTimelineTests
{
    private const int Frame = 960;
    private readonly RtpTimeline _line = new(48_000);
    private int _frame;

    private long Next() => _line.Unwrap(new RtpTimestamp((uint)(Frame * _frame)), TimeSpan.FromMilliseconds(20 * _frame++));

    [Fact]
    public void Moved_forward_it_is_there_at_once()
    {
        Assert.Equal([0, Frame], [Next(), Next()]);
        _line.Shift(480);
        Assert.Equal(2 * Frame + 480, Next());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_440)]
    [InlineData(9_600)]
    public void Moved_back_it_goes_slower_until_it_is_there(int ticks)
    {
        Next();
        var last = Next();
        _line.Shift(-ticks);
        Assert.Equal(last - ticks, _line.PlaceOf(new RtpTimestamp(Frame)));
        for (var i = 0; i < 30; i++)
        {
            var time = Next();
            Assert.InRange(time - last, Frame / 2, Frame);
            last = time;
        }
        Assert.Equal(Frame * (_frame - 1) - ticks, last);
    }

    [Fact]
    public void Back_and_forth_is_where_it_was()
    {
        Next();
        _line.Shift(-5_000);
        Next();
        _line.Shift(5_000);
        Next();
        Assert.Equal(Frame * _frame, Next());
    }
}
