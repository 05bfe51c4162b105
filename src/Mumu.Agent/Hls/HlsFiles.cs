// Sends the files of an HLS session: playlists, initialization segments, segments and parts.
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Mumu.Agent.LocalApi;
using Mumu.Media.Outputs.Fmp4;
using Mumu.Media.Outputs.Hls;
using Mumu.Protocols.Hls;

namespace Mumu.Agent.Hls;

/// <summary>
/// Answers one request of a session. Media never change under their name and may be kept by the reader; playlists may not, but for those that were waited for, whose address names what they hold (RFC 8216bis §6.2.5, appendix B).
/// </summary>
internal static class HlsFiles
{
    private const string PlaylistType = "application/vnd.apple.mpegurl";
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(60);

    public static async Task<IResult> AnswerAsync(HttpContext http, HlsSession session, HlsFile file)
    {
        var muxer = session.Stream.Muxer;
        if (muxer.Program is not { } program || program.Find(file.Rendition) is not { } shelf)
        {
            return Problems.NotFound("There is no such rendition.");
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, muxer.Ended);
        limit.CancelAfter(TimeSpan.FromSeconds(3 * program.TargetDuration));
        try
        {
            return file.Kind switch
            {
                HlsFileKind.Playlist => await PlaylistAsync(http, session, program.TargetDuration, shelf, limit.Token)
                    .ConfigureAwait(false),
                HlsFileKind.Initialization => await InitializationAsync(http, session, shelf, file).ConfigureAwait(false),
                _ => await MediaAsync(http, session, shelf, file, limit.Token).ConfigureAwait(false),
            };
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Empty;
        }
        catch (OperationCanceledException) when (muxer.Ended.IsCancellationRequested)
        {
            return Problems.NotFound(muxer.Reason);
        }
        catch (OperationCanceledException)
        {
            return Problems.Unavailable("The camera sends nothing now; what was asked for did not come in time.");
        }
    }

    private static async Task<IResult> PlaylistAsync(
        HttpContext http,
        HlsSession session,
        int targetDuration,
        HlsShelf shelf,
        CancellationToken limit
    )
    {
        var query = http.Request.Query;
        if (
            !TryNumber(query["_HLS_msn"], out var segment)
            || !TryNumber(query["_HLS_part"], out var part)
            || (segment is null && part is not null)
        )
        {
            return Problems.BadRequest("_HLS_msn and _HLS_part are numbers, and the second needs the first.");
        }
        if (segment is { } number)
        {
            var reach = await shelf.WaitAsync(number, (int?)part, limit).ConfigureAwait(false);
            if (reach == HlsReach.TooFar)
            {
                return Problems.BadRequest("_HLS_msn is more than two segments ahead.");
            }
        }
        if (shelf.Write(query["_HLS_skip"].ToString() is "YES" or "v2") is not { } text)
        {
            return Problems.NotFound(session.Stream.Muxer.Reason);
        }
        await SendAsync(http, session, text, segment is null ? "no-cache" : $"private, max-age={6 * targetDuration}").ConfigureAwait(false);
        return TypedResults.Empty;
    }

    private static async Task<IResult> InitializationAsync(HttpContext http, HlsSession session, HlsShelf shelf, HlsFile file)
    {
        if (shelf.Initialization(file.Number) is not { } bytes)
        {
            return Problems.NotFound("There is no such file (any more).");
        }
        BeginMedia(http, bytes.Length);
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
            session.Count(bytes.Length);
        }
        return TypedResults.Empty;
    }

    private static async Task<IResult> MediaAsync(
        HttpContext http,
        HlsSession session,
        HlsShelf shelf,
        HlsFile file,
        CancellationToken limit
    )
    {
        int? part = file.Kind == HlsFileKind.Part ? file.Part : null;
        // A part that was hinted at is waited for, and a segment of which parts are there already.
        if (await shelf.WaitAsync(file.Number, part, limit).ConfigureAwait(false) == HlsReach.TooFar)
        {
            return Problems.NotFound("There is no such file yet.");
        }
        var found = part is { } index ? (shelf.Part(file.Number, index) is { } one ? [one] : null) : shelf.Segment(file.Number);
        if (found is null)
        {
            return Problems.NotFound("There is no such file (any more).");
        }
        try
        {
            await SendAsync(http, session, found).ConfigureAwait(false);
        }
        finally
        {
            foreach (var bytes in found)
            {
                bytes.Release();
            }
        }
        return TypedResults.Empty;
    }

    private static async Task SendAsync(HttpContext http, HlsSession session, IReadOnlyList<SharedBytes> parts)
    {
        BeginMedia(http, parts.Sum(p => (long)p.Length));
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            return;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(SendLimit);
        try
        {
            foreach (var bytes in parts)
            {
                for (var i = 0; i < bytes.Count; i++)
                {
                    await http.Response.BodyWriter.WriteAsync(bytes.Piece(i), limit.Token).ConfigureAwait(false);
                    session.Count(bytes.Piece(i).Length);
                }
            }
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Abort(); // too slow to ever play it, and it holds memory
        }
    }

    /// <summary>Sends a playlist, compressed for who takes that.</summary>
    public static async Task SendAsync(HttpContext http, HlsSession session, HlsText text, string caching)
    {
        var response = http.Response;
        response.ContentType = PlaylistType;
        response.Headers.CacheControl = caching;
        response.Headers.Vary = "Accept-Encoding";
        var bytes = text.Plain;
        if (http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            bytes = text.Compressed;
            response.Headers.ContentEncoding = "gzip";
        }
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await response.BodyWriter.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
            session.Count(bytes.Length);
        }
    }

    private static void BeginMedia(HttpContext http, long length)
    {
        http.Response.ContentType = "video/mp4";
        http.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        http.Response.ContentLength = length;
    }

    private static bool TryNumber(Microsoft.Extensions.Primitives.StringValues text, out long? number)
    {
        number = null;
        if (text.Count == 0)
        {
            return true;
        }
        if (text.Count > 1 || !int.TryParse(text[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }
        number = value;
        return true;
    }
}
