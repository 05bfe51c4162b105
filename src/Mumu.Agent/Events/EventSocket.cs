// Events over a WebSocket: GET /v3/events.
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Agent.Control;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Events;

/// <summary>One event a text message. <c>?since=ID</c> asks for those behind it, <c>?types=path.ready,reader.left</c> for some kinds only.</summary>
internal static class EventSocket
{
    private const int MaxFollowers = 100;

    public static void Map(RouteGroupBuilder group) =>
        group.MapGet("/events", FollowAsync).WithTags("Events").Gives<FeedEvent>(400, 426, 503);

    private static async Task<IResult> FollowAsync(HttpContext http, EventFeed feed)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return Answers.Error(StatusCodes.Status426UpgradeRequired, "Events come over a WebSocket.");
        }
        if (!TryTypes(http.Request.Query["types"].ToString(), out var types))
        {
            var known = string.Join(", ", EnumWords.Of(typeof(PathEventKind)));
            return Answers.BadRequest($"“types” is a list of: {known}.");
        }
        if (feed.Followers >= MaxFollowers)
        {
            return Answers.Error(StatusCodes.Status503ServiceUnavailable, $"There are {MaxFollowers} followers already.");
        }
        var since = http.Request.Query["since"].ToString();
        using var socket = await http.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        await ServeAsync(socket, feed, since.Length == 0 ? null : since, types, http.RequestAborted).ConfigureAwait(false);
        return Results.Empty;
    }

    private static async Task ServeAsync(WebSocket socket, EventFeed feed, string? since, HashSet<string> types, CancellationToken aborted)
    {
        var events = feed.Follow(since);
        try
        {
            var closed = ReadToCloseAsync(socket, aborted);
            while (true)
            {
                var more = events.Reader.WaitToReadAsync(aborted).AsTask();
                if (await Task.WhenAny(more, closed).ConfigureAwait(false) == closed || !await more.ConfigureAwait(false))
                {
                    break;
                }
                while (events.Reader.TryRead(out var told))
                {
                    if (types.Count == 0 || types.Contains(told.Type) || told.Type == EventFeed.Gap)
                    {
                        await socket.SendAsync(told.ToJson(), WebSocketMessageType.Text, true, aborted).ConfigureAwait(false);
                    }
                }
            }
            await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
        }
        catch (InvalidOperationException slow)
        {
            await CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, slow.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The follower went, or the program stops.
        }
        finally
        {
            feed.Leave(events);
        }
    }

    // Followers have nothing to say; what they say all the same is dropped, up to their goodbye.
    private static async Task ReadToCloseAsync(WebSocket socket, CancellationToken aborted)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer, aborted).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close) { }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // Gone without a word.
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await socket.CloseOutputAsync(status, reason, limit.Token).ConfigureAwait(false);
        }
    }

    private static bool TryTypes(string text, out HashSet<string> types)
    {
        types = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        return types.IsSubsetOf(EnumWords.Of(typeof(PathEventKind)));
    }
}
