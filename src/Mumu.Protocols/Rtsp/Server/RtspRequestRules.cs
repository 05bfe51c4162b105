// Which requests are in order, before anything is done about them.
namespace Mumu.Protocols.Rtsp.Server;

/// <summary>The rules that need no more than the request and where the session stands.</summary>
internal static class RtspRequestRules
{
    private static readonly string[] s_known =
    [
        "OPTIONS",
        "DESCRIBE",
        "ANNOUNCE",
        "SETUP",
        "PLAY",
        "PAUSE",
        "RECORD",
        "GET_PARAMETER",
        "SET_PARAMETER",
        "TEARDOWN",
    ];

    /// <summary>The status that refuses a request; 0 if it is in order.</summary>
    internal static int Check(RtspMessage request, RtspServerState state, string sessionId)
    {
        if (!request.IsVersion1)
        {
            return 505;
        }
        if (request.CSeq is null)
        {
            return 400;
        }
        if (!s_known.Contains(request.Method))
        {
            return 501;
        }
        if (request.Get("Require") is { Length: > 0 })
        {
            return 551;
        }
        if (request.Get("Session") is { } session && (state == RtspServerState.None || session.Split(';')[0].Trim() != sessionId))
        {
            return request.Method == "OPTIONS" ? 0 : 454;
        }
        return request.Method switch
        {
            "DESCRIBE" when request.Get("Accept") is { } accept && !Takes(accept) => 406,
            "ANNOUNCE" when state != RtspServerState.None => 455,
            "ANNOUNCE"
                when request.Get("Content-Type") is { } type && !type.StartsWith("application/sdp", StringComparison.OrdinalIgnoreCase) =>
                415,
            "SETUP" when state is RtspServerState.Playing or RtspServerState.Recording => 455,
            "PLAY" or "PAUSE" => Flowing(request, state, RtspServerState.ReadyToPlay, RtspServerState.Playing),
            "RECORD" => Flowing(request, state, RtspServerState.ReadyToRecord, RtspServerState.ReadyToRecord),
            "TEARDOWN" when state == RtspServerState.None || request.Get("Session") is null => 454,
            _ => 0,
        };
    }

    private static int Flowing(RtspMessage request, RtspServerState state, RtspServerState one, RtspServerState other) =>
        state == RtspServerState.None || request.Get("Session") is null ? 454
        : state == one || state == other ? 0
        : 455;

    private static bool Takes(string accept) =>
        accept.Contains("application/sdp", StringComparison.OrdinalIgnoreCase) || accept.Contains("*/*", StringComparison.Ordinal);
}
