// The RTMP form of one stream, made once for all its RTMP readers.
using System.Threading.Channels;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>
/// Reads a stream on behalf of all its RTMP readers: writes each unit once, on the source's thread, and hands it to one task, which owns the readers and the cached group and writes to each of them.
/// </summary>
internal sealed class RtmpFeed : IUnitReader, IFeed
{
    private const int MaxWaiting = 4096;

    // A frame, a reader that joins (else leaves), or the end of all.
    private readonly record struct Command(RtmpFrame? Frame, RtmpReader? Reader, bool Joins);

    private readonly Channel<Command> _commands = Channel.CreateBounded<Command>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );
    private readonly RtmpTagWriter _writer;
    private readonly RtmpRoom _room = new();
    private StreamReading? _reading;
    private volatile bool _isOver;
    private long _next;

    internal RtmpFeed(MediaStream stream, RtmpTracks tracks, uint streamId = RtmpServer.StreamId)
    {
        _writer = new RtmpTagWriter(streamId);
        Stream = stream;
        Tracks = tracks;
        _room.Take(_writer.Begin(tracks));
    }

    /// <inheritdoc />
    public MediaStream Stream { get; }

    internal RtmpTracks Tracks { get; private set; }

    /// <inheritdoc />
    public bool IsOver => _isOver;

    /// <inheritdoc />
    public int Readers { get; set; }

    /// <inheritdoc />
    public void Start()
    {
        _ = RunAsync();
        _reading = Stream.AddReader(this);
    }

    /// <inheritdoc />
    public void Stop()
    {
        _reading?.Dispose();
        _commands.Writer.TryComplete();
    }

    /// <summary>Lets a reader in: it gets what is there, then what comes.</summary>
    internal ValueTask JoinAsync(RtmpReader reader, CancellationToken cancellation) =>
        _commands.Writer.WriteAsync(new Command(null, reader, Joins: true), cancellation);

    /// <summary>Lets the one reader of a feed in that has just started, when nothing waits.</summary>
    internal void Join(RtmpReader reader) => _commands.Writer.TryWrite(new Command(null, reader, Joins: true));

    /// <summary>Lets a reader go; before <see cref="Feeds{TFeed}.Release"/>.</summary>
    internal ValueTask LeaveAsync(RtmpReader reader) => _commands.Writer.WriteAsync(new Command(null, reader, Joins: false));

    /// <inheritdoc />
    public void OnTracks(IReadOnlyList<TrackFormat> tracks)
    {
        if (tracks.Count == 0 || _isOver)
        {
            return;
        }
        var now = new RtmpTracks(tracks);
        if (!now.IsSameAs(Tracks))
        {
            _isOver = true;
            _commands.Writer.TryWrite(default);
            return;
        }
        Tracks = now;
        Post(_writer.Begin(now));
    }

    /// <inheritdoc />
    public void OnUnit(Unit unit, bool isBacklog)
    {
        if (!_isOver && _writer.Write(unit) is { } frame)
        {
            Post(frame);
        }
    }

    /// <inheritdoc />
    public void OnState(StreamState state, string? message)
    {
        // Readers stay while a camera is away: the stream restarts its source, and the picture goes on.
    }

    private void Post(RtmpFrame frame)
    {
        frame.Number = _next++;
        if (!_commands.Writer.TryWrite(new Command(frame, null, false)))
        {
            frame.Release(); // The room sees the gap in the numbers and goes on with the next key frame.
        }
    }

    private async Task RunAsync()
    {
        await foreach (var command in _commands.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            switch (command)
            {
                case { Frame: { } frame }:
                    _room.Take(frame);
                    break;
                case { Reader: { } reader, Joins: true }:
                    _room.Join(reader);
                    break;
                case { Reader: { } reader }:
                    _room.Leave(reader);
                    break;
                default:
                    _room.End("The stream has another format now; connect again.");
                    break;
            }
        }
        _room.Clear();
    }
}
