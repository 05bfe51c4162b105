// Events that wait to be read.
namespace Mumu.Protocols.Rtsp;

/// <summary>A queue of everything but packets; those are read straight from the parser's buffer.</summary>
internal sealed class RtspEvents
{
    private readonly Queue<RtspEventKind> _kinds = new();
    private Uri? _location;
    private RtspEnd? _end;

    internal bool IsEmpty => _kinds.Count == 0;

    internal void Add(RtspEventKind kind) => _kinds.Enqueue(kind);

    internal void AddRedirect(Uri location)
    {
        _location = location;
        Add(RtspEventKind.Redirected);
    }

    internal void AddEnd(RtspEnd end)
    {
        _end = end;
        Add(RtspEventKind.Ended);
    }

    internal bool TryTake(out RtspEvent e)
    {
        if (!_kinds.TryDequeue(out var kind))
        {
            e = default;
            return false;
        }
        e = new RtspEvent
        {
            Kind = kind,
            Location = kind == RtspEventKind.Redirected ? _location : null,
            End = kind == RtspEventKind.Ended ? _end : null,
        };
        return true;
    }
}
