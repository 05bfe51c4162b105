// A stream's figures.
namespace Mumu.Media.Tests.Streams;

public sealed class StatisticsTests
{
    [Fact]
    public async Task Bytes_units_and_rates_are_measured()
    {
        await using var rig = new StreamRig();
        await rig.Play(SourceScript.Video, SourceScript.Audio);
        for (var i = 0; i < 200; i++)
        {
            rig.Source.Publish(i, isKeyFrame: i % 50 == 0, length: 1000);
            rig.Source.Publish(i, isKeyFrame: true, track: 1, length: 100);
            rig.Time.Advance(TimeSpan.FromMilliseconds(40));
        }
        var figures = rig.Stream.Statistics;
        Assert.Equal((220_000L, 400L, 4L, 0L), (figures.Bytes, figures.Units, figures.KeyFrames, figures.Discarded));
        Assert.Equal(25, figures.FramesPerSecond, 3);
        Assert.Equal(220_000, figures.BitsPerSecond, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(40), figures.LastUnitAge);
        Assert.Equal((100, 55_000), (figures.GroupUnits, figures.GroupBytes));
    }

    [Fact]
    public async Task A_slow_stream_has_a_rate_and_a_stopped_one_has_none()
    {
        await using var rig = new StreamRig();
        Assert.Null(rig.Stream.Statistics.LastUnitAge);
        await rig.Play();
        for (var i = 0; i < 5; i++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(5));
            rig.Source.Publish(i, isKeyFrame: true);
        }
        Assert.Equal(0.2, rig.Stream.Statistics.FramesPerSecond, 3);
        rig.Time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(0, rig.Stream.Statistics.FramesPerSecond);
    }
}
