// Takes JPEG pictures off a stream for one client.
using System.Threading.Channels;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Agent.Stills;

/// <summary>Keeps the newest picture until the client is ready for it; older ones are left out.</summary>
internal sealed class PictureReader : IUnitReader, IDisposable
{
    private readonly Channel<Unit> _newest = Channel.CreateBounded<Unit>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest },
        dropped => dropped.Release()
    );

    public ChannelReader<Unit> Pictures => _newest.Reader;

    public void OnTracks(IReadOnlyList<TrackFormat> tracks)
    {
        // JPEG says all in itself.
    }

    public void OnUnit(Unit unit, bool isBacklog)
    {
        if (unit.Track != 0)
        {
            return;
        }
        unit.AddReference();
        if (!_newest.Writer.TryWrite(unit))
        {
            unit.Release();
        }
    }

    public void OnState(StreamState state, string? message)
    {
        // A client waits while a camera is away, as viewers do.
    }

    public void Dispose()
    {
        _newest.Writer.TryComplete();
        while (_newest.Reader.TryRead(out var unit))
        {
            unit.Release();
        }
    }
}
