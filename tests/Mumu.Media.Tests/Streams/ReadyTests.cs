// Waiting for a stream to play.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Streams;

public sealed class ReadyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waiting_starts_the_source_and_ends_with_the_first_key_frame()
    {
        await using var rig = new StreamRig();
        var ready = rig.Stream.WaitReadyAsync(Cancellation);
        await rig.Runs(1);
        rig.Source.Announce(SourceScript.Video);
        rig.Source.Publish(1);
        Assert.False(ready.IsCompleted);
        rig.Source.Publish(2, isKeyFrame: true);
        await ready;
        await rig.Stream.WaitReadyAsync(Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(StreamState.Idle, rig.Stream.State);
    }

    [Fact]
    public async Task Waiting_ends_with_the_sentence_of_the_failure()
    {
        await using var rig = new StreamRig();
        var first = rig.Stream.WaitReadyAsync(Cancellation);
        var second = rig.Stream.WaitReadyAsync(Cancellation);
        await rig.Runs(1);
        rig.Source.Fail(SourceFailure.NoSuchHost, "There is no host named camera.");
        var failure = await Assert.ThrowsAsync<SourceException>(() => first);
        await Assert.ThrowsAsync<SourceException>(() => second);
        Assert.Equal((SourceFailure.NoSuchHost, "There is no host named camera."), (failure.Failure, failure.Message));
    }

    [Fact]
    public async Task Waiting_can_be_given_up_and_then_the_source_stops()
    {
        await using var rig = new StreamRig();
        using var patience = new CancellationTokenSource();
        var ready = rig.Stream.WaitReadyAsync(patience.Token);
        await rig.Runs(1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ready);
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(StreamState.Idle, rig.Stream.State);
    }

    [Fact]
    public async Task Waiting_in_the_pause_after_a_failure_waits_for_the_next_attempt()
    {
        await using var rig = new StreamRig();
        await rig.Play();
        rig.Source.Fail();
        await rig.NextAttempt();
        var ready = rig.Stream.WaitReadyAsync(Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.Runs(2);
        rig.Source.Publish(1, isKeyFrame: true);
        await ready;
    }

    [Fact]
    public async Task Waiting_on_a_stream_that_is_disposed_fails()
    {
        var rig = new StreamRig();
        var ready = rig.Stream.WaitReadyAsync(Cancellation);
        await rig.DisposeAsync();
        await Assert.ThrowsAsync<SourceException>(() => ready);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rig.Stream.WaitReadyAsync(Cancellation));
    }
}
