// The session of a connection: where it stands, its tracks, when it runs out.
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Rtsp.Server;

/// <summary>Where a session stands.</summary>
internal enum RtspServerState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Announced; tracks may be set up.</summary>
    Announced,

    /// <summary>Tracks are set up to play.</summary>
    ReadyToPlay,

    /// <summary>Tracks are set up to record.</summary>
    ReadyToRecord,
    Playing,
    Recording,
}

/// <summary>State of a session; a connection has one at a time.</summary>
internal sealed class RtspServerSession
{
    private readonly Dictionary<int, RtspTransportAsk> _tracks = [];

    private readonly string _base = "";

    /// <summary>A session that is none yet.</summary>
    internal RtspServerSession() { }

    /// <summary>A session that an announcement begins.</summary>
    internal RtspServerSession(string path, string @base, SessionDescription description)
    {
        (Path, _base, Description) = (path, @base, description);
        State = RtspServerState.Announced;
    }

    internal RtspServerState State { get; set; }

    /// <summary>The path that the first request bound it to.</summary>
    internal string Path { get; private set; } = "";

    /// <summary>What was announced; null in a session that plays.</summary>
    internal SessionDescription? Description { get; }

    internal bool HasTracks => _tracks.Count > 0;

    internal void Add(int track, RtspTransportAsk ask) => _tracks.Add(track, ask);

    /// <summary>The status that refuses a SETUP; 0 with the track and how it travels.</summary>
    internal int Judge(RtspMessage request, RtspTarget target, RtspServerOptions options, out int track, out RtspTransportAsk ask)
    {
        ask = default;
        var records = Description is not null;
        track =
            records ? AnnouncedTrack(request.Uri)
            : target.Track >= 0 ? target.Track
            : Enumerable.Range(0, 256).First(t => !_tracks.ContainsKey(t));
        if (track < 0)
        {
            return 404;
        }
        if (_tracks.ContainsKey(track))
        {
            return 455;
        }
        if (HasTracks && !records && target.Path != Path)
        {
            return 400; // one session, one path
        }
        var (tcp, udp) = (options.AllowsTcp, options.AllowsUdp);
        if (!RtspTransportAsk.TryChoose(request.Get("Transport"), 2 * (track & 127), tcp, udp, out ask) || !Fits(ask))
        {
            return 461;
        }
        if (ask.IsRecord && !records)
        {
            return 455;
        }
        Path = records ? Path : target.Path;
        ask = ask with { IsRecord = records };
        return 0;
    }

    /// <summary>True if a further track can travel like this beside the others: all one way, no channel or port twice.</summary>
    private bool Fits(RtspTransportAsk ask) =>
        _tracks.Values.All(other =>
            other.IsTcp == ask.IsTcp
            && other.First != ask.First
            && other.First != ask.Second
            && other.Second != ask.First
            && other.Second != ask.Second
        );

    /// <summary>The announced track that a SETUP's address means, −1 for none.</summary>
    private int AnnouncedTrack(string uri)
    {
        for (var i = 0; i < Description!.Media.Count; i++)
        {
            var control = Description.Media[i].Control;
            if (
                RtspAddress.Resolve(_base, control).TrimEnd('/') == uri.TrimEnd('/')
                || (control is { Length: > 0 } && uri.EndsWith("/" + control, StringComparison.Ordinal))
            )
            {
                return i;
            }
        }
        return Description.Media.Count == 1 && uri.TrimEnd('/') == _base.TrimEnd('/') ? 0 : -1;
    }
}
