// One publisher a path: coming, going, taking over.
using Mumu.Media.Publishing;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Publishing;

public sealed class PublisherSlotTests : IAsyncDisposable
{
    private static readonly TrackFormat[] Tracks = [new(MediaKind.Video, Codec.H264, 90000, 0, ReadOnlyMemory<byte>.Empty)];
    private readonly PublisherSlot _slot = new(TimeProvider.System);
    private readonly MediaStream _stream;
    private readonly RecordingReader _reader = new();

    public PublisherSlotTests() => _stream = new MediaStream("p", _slot.CreateSource, PublisherSlot.StreamOptions, TimeProvider.System);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private Task<Publication> BeginAsync(string who) =>
        _slot.BeginAsync(new Publisher("test", who, who), TestContext.Current.CancellationToken);

    private static void Send(Publication publication, long time)
    {
        var unit = Unit.Copy([0, 0, 0, 2, 0x65, 0x80]);
        (unit.IsKeyFrame, unit.Timestamp) = (true, time);
        publication.Publish(unit);
    }

    [Fact]
    public async Task Readers_stay_while_publishers_come_and_go()
    {
        using var reading = _stream.AddReader(_reader);
        var first = await BeginAsync("first");
        Assert.Same(first, _slot.Current);
        first.Announce(Tracks);
        Send(first, 0);
        Send(first, 3000);
        Assert.Equal(StreamState.Ready, _stream.State);
        first.End("The publisher left.");
        Assert.Null(_slot.Current);
        Send(first, 6000); // too late: let go
        await Eventually.True(() => _stream.State == StreamState.Connecting);

        var second = await BeginAsync("second");
        second.Announce(Tracks);
        Send(second, 0);
        Assert.Equal(3, _reader.Times.Length);
        Assert.True(_reader.Times[2] > 3000, "time goes on from publisher to publisher");
        Assert.Equal(12, first.Bytes);
    }

    [Fact]
    public async Task A_new_publisher_takes_over()
    {
        var first = await BeginAsync("first");
        first.Announce(Tracks);
        Send(first, 0);
        var second = await BeginAsync("second");
        Assert.Contains("taken over", await first.Ended, StringComparison.Ordinal);
        Assert.Same(second, _slot.Current);
        second.Announce(Tracks);
        Send(second, 0);
        first.End("late");
        Assert.False(second.Ended.IsCompleted);
        Assert.Equal(2, _stream.Statistics.Units);
    }

    [Fact]
    public async Task Very_many_at_once_leave_one()
    {
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        try
                        {
                            return await BeginAsync($"{i}");
                        }
                        catch (OperationCanceledException)
                        {
                            return null;
                        }
                    })
                )
        );
        Assert.Single(all, p => p is { Ended.IsCompleted: false });
    }

    [Fact]
    public async Task The_end_of_the_path_ends_the_publisher()
    {
        var publication = await BeginAsync("first");
        await _stream.DisposeAsync();
        Assert.Contains(
            "removed",
            await publication.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_frame_is_asked_of_the_publisher()
    {
        var asked = 0;
        var publication = await _slot.BeginAsync(
            new Publisher("test", "x", "x") { RequestKeyFrame = () => asked++ },
            TestContext.Current.CancellationToken
        );
        _stream.RequestKeyFrame();
        Assert.Equal(1, asked);
        publication.End("Done.");
    }
}
