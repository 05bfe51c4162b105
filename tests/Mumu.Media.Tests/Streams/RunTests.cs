// The source's life: on demand, stopped after a while, started again after failures.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Streams;

public sealed class RunTests
{
    [Fact]
    public async Task The_source_starts_with_the_first_reader_and_stops_a_while_after_the_last()
    {
        await using var rig = new StreamRig();
        Assert.Equal((StreamState.Idle, 0), (rig.Stream.State, rig.Script.Made));
        var (_, reading) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true);
        var second = rig.Stream.AddReader(new RecordingReader());
        reading.Dispose();
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, rig.Script.Running);
        second.Dispose();
        rig.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(StreamState.Ready, rig.Stream.State);
        rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(StreamState.Idle, rig.Stream.State);
        Assert.Empty(rig.Stream.Tracks);
        await Eventually.True(() => rig.Script.Running == 0);
    }

    [Fact]
    public async Task A_reader_within_the_stop_delay_keeps_the_source_and_starts_from_the_group()
    {
        await using var rig = new StreamRig();
        var (_, reading) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true);
        reading.Dispose();
        rig.Time.Advance(TimeSpan.FromSeconds(9));
        var reader = new RecordingReader();
        rig.Stream.AddReader(reader);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Ready tracks H264 (1)", reader.Log);
        Assert.Equal((1, 1), (rig.Script.Made, rig.Script.Running));
    }

    [Fact]
    public async Task A_source_that_is_not_on_demand_runs_without_readers()
    {
        await using var rig = new StreamRig(new StreamOptions { OnDemand = false });
        await rig.Runs(1);
        rig.Stream.AddReader(new RecordingReader()).Dispose();
        rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, rig.Script.Running);
    }

    [Fact]
    public async Task A_new_run_waits_for_the_old_source_to_end()
    {
        await using var rig = new StreamRig(new StreamOptions { StopDelay = TimeSpan.Zero });
        var hold = rig.Script.HoldEnd = new TaskCompletionSource();
        var (_, reading) = await rig.Play();
        reading.Dispose();
        rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(StreamState.Idle, rig.Stream.State);
        var reader = new RecordingReader();
        rig.Stream.AddReader(reader);
        rig.Source.Publish(1, isKeyFrame: true); // The old source has not noticed yet.
        Assert.Equal((StreamState.Connecting, 1), (rig.Stream.State, rig.Script.Made));
        rig.Script.HoldEnd = null;
        hold.SetResult();
        await rig.Runs(2);
        rig.Source.Announce(SourceScript.Video);
        rig.Source.Publish(2, isKeyFrame: true);
        Assert.Equal("Idle Connecting tracks H264 Ready 2", reader.Log);
        Assert.Equal(1, rig.Script.MostRunning);
    }

    [Fact]
    public async Task A_failed_source_is_tried_again_ever_more_slowly()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play();
        double[] nominal = [1, 2, 4, 8, 16, 32, 60, 60, 60];
        for (var attempt = 0; attempt < nominal.Length; attempt++)
        {
            rig.Source.Fail();
            var total = await PassWait(rig, attempt + 1);
            Assert.InRange(total.TotalSeconds, nominal[attempt] * 0.799, nominal[attempt] * 1.201);
        }
        Assert.StartsWith(
            "Idle Connecting tracks H264 Failed: No answer. Connecting Failed: No answer. Connecting",
            reader.Log,
            StringComparison.Ordinal
        );
        Assert.Equal(nominal.Length, rig.Stream.Statistics.Failures);
    }

    [Fact]
    public async Task Thirty_seconds_of_playing_make_the_next_wait_short_again()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            rig.Source.Fail();
            await PassWait(rig, attempt + 1);
        }
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Time.Advance(TimeSpan.FromSeconds(29));
        rig.Source.Fail();
        Assert.InRange((await PassWait(rig, 6)).TotalSeconds, 25, 39);
        rig.Source.Publish(2, isKeyFrame: true);
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        rig.Source.Fail();
        Assert.InRange((await PassWait(rig, 7)).TotalSeconds, 0.799, 1.201);
    }

    [Fact]
    public async Task Someone_who_comes_to_watch_hurries_the_next_attempt()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            rig.Source.Fail();
            await PassWait(rig, attempt + 1);
        }
        rig.Source.Fail();
        await rig.NextAttempt();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.True(() => rig.Time.Waits.Length > 0);
        Assert.Equal(6, rig.Script.Made);
        rig.Stream.AddReader(new RecordingReader());
        await rig.Runs(7);
    }

    [Fact]
    public async Task A_refused_password_is_never_hurried()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        rig.Source.Fail(SourceFailure.WrongPassword, "The camera refused the password.");
        await rig.NextAttempt();
        var failure = await Assert.ThrowsAsync<SourceException>(() => rig.Stream.WaitReadyAsync(TestContext.Current.CancellationToken));
        Assert.Equal((SourceFailure.WrongPassword, "The camera refused the password."), (failure.Failure, failure.Message));
    }

    [Fact]
    public async Task A_source_that_throws_anything_or_just_ends_counts_as_failed()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play();
        rig.Source.Fail(new InvalidOperationException("a defect"));
        await PassWait(rig, 1);
        rig.Source.End();
        await PassWait(rig, 2);
        Assert.Contains("Failed: The source stopped on an unexpected error: a defect", reader.Log, StringComparison.Ordinal);
        Assert.Contains("Failed: The source ended by itself.", reader.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_failure_readers_start_again_from_a_key_frame_on_the_same_timeline()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play(SourceScript.Video, SourceScript.Audio);
        rig.Source.Publish(1, isKeyFrame: true, timestamp: 0);
        rig.Source.Publish(2, timestamp: 90_000 * 20);
        rig.Source.Fail();
        await PassWait(rig, 1);
        rig.Time.Advance(TimeSpan.FromSeconds(100));
        rig.Source.Announce(SourceScript.Video, SourceScript.Audio);
        rig.Source.Publish(3, timestamp: 3000);
        rig.Source.Publish(4, isKeyFrame: true, timestamp: 6000);
        rig.Source.Publish(5, track: 1, isKeyFrame: true, timestamp: 4800);
        Assert.EndsWith("Ready 1 2 Failed: No answer. Connecting Ready 4 5", reader.Log, StringComparison.Ordinal);
        Assert.InRange(reader.Times[2] / 90_000.0, 100, 102);
        Assert.Equal((reader.Times[2] / 90_000.0) + 0.1 - (6000 / 90_000.0), reader.Times[3] / 48_000.0, 3);
    }

    [Fact]
    public async Task A_run_that_follows_at_once_still_begins_after_the_end_of_the_last()
    {
        await using var rig = new StreamRig(new StreamOptions { FirstRetry = TimeSpan.FromMilliseconds(10) });
        var (reader, _) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true, timestamp: 90_000);
        rig.Source.Fail();
        await PassWait(rig, 1);
        rig.Source.Publish(2, isKeyFrame: true, timestamp: 0);
        Assert.Equal([90_000, 90_000 + 3600], reader.Times);
    }

    [Fact]
    public async Task A_key_frame_request_reaches_the_running_source()
    {
        await using var rig = new StreamRig();
        rig.Stream.RequestKeyFrame();
        await rig.Play();
        rig.Stream.RequestKeyFrame();
        Assert.Equal(1, rig.Script.KeyFrameRequests);
    }

    [Fact]
    public async Task Disposing_ends_the_source_whatever_it_does()
    {
        var rig = new StreamRig();
        await rig.Play();
        rig.Source.Fail();
        await rig.NextAttempt();
        await rig.DisposeAsync();
        await rig.DisposeAsync();
        Assert.Equal((0, StreamState.Idle), (rig.Script.Running, rig.Stream.State));
    }

    /// <summary>Lets the wait after a failure pass in virtual time, waits for the next run and returns how long it was.</summary>
    private static async Task<TimeSpan> PassWait(StreamRig rig, int runs)
    {
        await rig.NextAttempt();
        var began = rig.Time.Now;
        while (rig.Script.Made == runs)
        {
            await Eventually.True(() => rig.Time.Waits.Length > 0 || rig.Script.Made > runs);
            if (rig.Script.Made == runs && rig.Time.Waits is [var wait, ..])
            {
                rig.Time.Advance(wait);
            }
        }
        var passed = rig.Time.Now - began;
        await rig.Runs(runs + 1);
        return passed;
    }
}
