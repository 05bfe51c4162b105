// Readers come and go: what each is told, in which order.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Streams;

public sealed class AttachTests
{
    [Fact]
    public async Task A_reader_is_told_states_tracks_and_units_in_order()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Publish(2);
        Assert.Equal("Idle Connecting tracks H264 Ready 1 2", reader.Log);
    }

    [Fact]
    public async Task A_late_reader_gets_the_group_first_and_then_what_comes()
    {
        await using var rig = new StreamRig();
        await rig.Play(SourceScript.Video, SourceScript.Audio);
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Publish(2);
        rig.Source.Publish(3, isKeyFrame: true);
        rig.Source.Publish(4, isKeyFrame: true, track: 1);
        rig.Source.Publish(5);
        var late = new RecordingReader();
        rig.Stream.AddReader(late);
        rig.Source.Publish(6);
        Assert.Equal("Ready tracks H264 Opus (3) (4) (5) 6", late.Log);
    }

    [Fact]
    public async Task Units_before_the_first_key_frame_are_discarded_and_counted()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play(SourceScript.Video, SourceScript.Audio);
        var early = rig.Source.Publish(1);
        rig.Source.Publish(2, isKeyFrame: true, track: 1);
        rig.Source.Publish(3, isKeyFrame: true);
        Assert.Equal("Idle Connecting tracks H264 Opus Ready 3", reader.Log);
        Assert.Equal(2, rig.Stream.Statistics.Discarded);
        Assert.Equal(0, early.References);
    }

    [Fact]
    public async Task A_group_too_large_is_dropped_and_late_readers_wait_for_the_next()
    {
        await using var rig = new StreamRig(new StreamOptions { MaxGroupBytes = 100 });
        var (reader, _) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true, length: 60);
        var tooMuch = rig.Source.Publish(2, length: 60);
        rig.Source.Publish(3);
        Assert.Equal((0, 0), (rig.Stream.Statistics.GroupUnits, rig.Stream.Statistics.GroupBytes));
        Assert.Equal(0, tooMuch.References);
        var late = new RecordingReader();
        rig.Stream.AddReader(late);
        rig.Source.Publish(4);
        rig.Source.Publish(5, isKeyFrame: true);
        rig.Source.Publish(6);
        Assert.Equal("Ready tracks H264 5 6", late.Log);
        Assert.EndsWith("1 2 3 4 5 6", reader.Log, StringComparison.Ordinal);
        Assert.Equal(2, rig.Stream.Statistics.GroupUnits);
    }

    [Fact]
    public async Task A_group_of_too_many_units_is_dropped()
    {
        await using var rig = new StreamRig(new StreamOptions { MaxGroupUnits = 3 });
        await rig.Play();
        for (var i = 0; i < 4; i++)
        {
            rig.Source.Publish(i, isKeyFrame: i == 0);
        }
        Assert.Equal(0, rig.Stream.Statistics.GroupUnits);
    }

    [Fact]
    public async Task A_reader_that_throws_is_removed_alone()
    {
        await using var rig = new StreamRig();
        var (first, _) = await rig.Play();
        var bad = new RecordingReader { Within = what => Throw(what == "2") };
        var reading = rig.Stream.AddReader(bad);
        var (last, _) = (new RecordingReader(), 0);
        rig.Stream.AddReader(last);
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Publish(2);
        rig.Source.Publish(3);
        Assert.False(reading.IsActive);
        Assert.EndsWith("1 2 3", first.Log, StringComparison.Ordinal);
        Assert.EndsWith("1 2", bad.Log, StringComparison.Ordinal);
        Assert.EndsWith("1 2 3", last.Log, StringComparison.Ordinal);
        Assert.Equal(2, rig.Stream.Statistics.Readers);
    }

    [Theory]
    [InlineData("Idle")]
    [InlineData("Connecting")]
    [InlineData("tracks H264")]
    public async Task A_reader_that_throws_at_any_call_leaves_the_stream_working(string when)
    {
        await using var rig = new StreamRig();
        var bad = rig.Stream.AddReader(new RecordingReader { Within = what => Throw(what == when) });
        var (reader, _) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true);
        Assert.False(bad.IsActive);
        Assert.EndsWith("Ready 1", reader.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_throws_on_the_backlog_is_removed()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true);
        Assert.False(rig.Stream.AddReader(new RecordingReader { Within = what => Throw(what == "(1)") }).IsActive);
        Assert.Equal(1, rig.Stream.Statistics.Readers);
    }

    [Fact]
    public async Task A_reader_may_leave_within_a_call()
    {
        await using var rig = new StreamRig();
        var (reader, reading) = await rig.Play();
        reader.Within = what => Leave(what, reading);
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Publish(2);
        rig.Source.Publish(3);
        Assert.EndsWith("Ready 1 2", reader.Log, StringComparison.Ordinal);

        static void Leave(string what, StreamReading reading)
        {
            if (what == "2")
            {
                reading.Dispose();
                reading.Dispose();
            }
        }
    }

    [Fact]
    public async Task A_reader_attached_within_a_call_gets_every_unit_once()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play();
        var inner = new RecordingReader();
        var onState = new RecordingReader();
        reader.Within = what =>
            _ =
                what == "2" ? rig.Stream.AddReader(inner)
                : what == "Ready" ? rig.Stream.AddReader(onState)
                : null;
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Publish(2);
        rig.Source.Publish(3);
        Assert.Equal("Ready tracks H264 (1) (2) 3", inner.Log);
        Assert.Equal("Ready tracks H264 1 2 3", onState.Log);
    }

    [Fact]
    public async Task Readers_attached_while_units_fly_lose_none_and_get_none_twice()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        rig.Source.Publish(0, isKeyFrame: true);
        var done = false;
        var publishing = Task.Run(
            () =>
            {
                for (var i = 1; !Volatile.Read(ref done); i++)
                {
                    rig.Source.Publish(i % 250, isKeyFrame: i % 50 == 0);
                }
            },
            TestContext.Current.CancellationToken
        );
        for (var round = 0; round < 60; round++)
        {
            var reader = new RecordingReader();
            using (rig.Stream.AddReader(reader))
            {
                await Eventually.True(() => reader.Times.Length > 60);
            }
            var numbers = reader
                .Log.Split(' ')
                .Skip(3)
                .Select(text => int.Parse(text.Trim('(', ')'), System.Globalization.CultureInfo.InvariantCulture))
                .ToArray();
            Assert.Equal(0, numbers[0] % 50);
            for (var i = 1; i < numbers.Length; i++)
            {
                Assert.Equal((numbers[i - 1] + 1) % 250, numbers[i]);
            }
        }
        Volatile.Write(ref done, true);
        await publishing;
    }

    [Fact]
    public async Task Every_reference_is_given_back_when_the_stream_ends()
    {
        var rig = new StreamRig();
        await rig.Play();
        Unit[] units =
        [
            rig.Source.Publish(1, isKeyFrame: true),
            rig.Source.Publish(2),
            rig.Source.Publish(3, isKeyFrame: true),
            rig.Source.Publish(4),
        ];
        Assert.Equal([0, 0, 1, 1], units.Select(unit => unit.References));
        await rig.DisposeAsync();
        Assert.All(units, unit => Assert.Equal(0, unit.References));
        Assert.Throws<ObjectDisposedException>(() => rig.Stream.AddReader(new RecordingReader()));
    }

    [Fact]
    public async Task A_unit_of_an_unknown_track_is_the_sources_mistake()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        Assert.Throws<ArgumentException>(() => rig.Source.Publish(1, isKeyFrame: true, track: 1));
        Assert.Throws<ArgumentException>(() => rig.Source.Publish(1, isKeyFrame: true, track: -1));
    }

    private static void Throw(bool now)
    {
        if (now)
        {
            throw new InvalidOperationException("A reader's defect.");
        }
    }
}
