// A stream on a scripted source and a clock moved by hand.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Streams;

internal sealed class StreamRig : IAsyncDisposable
{
    public StreamRig(StreamOptions? options = null)
    {
        Stream = new MediaStream("test", Script.Make, options ?? new StreamOptions(), Time);
    }

    public ManualTime Time { get; } = new();

    public SourceScript Script { get; } = new();

    public MediaStream Stream { get; }

    public SourceScript.ScriptedSource Source => Script.Last;

    /// <summary>Waits until the source of this run (counted from 1) is running.</summary>
    public Task Runs(int count) => Eventually.True(() => Script.Made == count && Script.Last.Sink is not null);

    /// <summary>Attaches a reader and brings the source to where units can be published.</summary>
    public async Task<(RecordingReader Reader, StreamReading Reading)> Play(params TrackFormat[] tracks)
    {
        var reader = new RecordingReader();
        var reading = Stream.AddReader(reader);
        await Runs(1);
        Source.Announce(tracks.Length > 0 ? tracks : [SourceScript.Video]);
        return (reader, reading);
    }

    /// <summary>Waits until a failed source's next attempt is scheduled and returns the wait.</summary>
    public async Task<TimeSpan> NextAttempt()
    {
        await Eventually.True(() => Stream.State == StreamState.Failed && Time.Waits.Length > 0);
        return Time.Waits[0];
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
