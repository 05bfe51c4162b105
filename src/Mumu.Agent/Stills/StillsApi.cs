// Pictures over HTTP: the newest as JPEG, or moving ones as multipart.
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Cameras;
using Mumu.Agent.Keys;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Paths;
using Mumu.Media.Units;

namespace Mumu.Agent.Stills;

/// <summary>Routes <c>GET /{path}.jpg</c> and <c>GET /{path}.mjpeg</c>. They ask for API keys themselves.</summary>
public static class StillsApi
{
    private const string Boundary = "picture";

    /// <summary>How long a picture may take to come: a camera has to be started, and a key frame waited for.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>Adds what the routes need.</summary>
    public static IServiceCollection AddMumuStills(this IServiceCollection services) =>
        services.Configure<RouteOptions>(options => options.SetParameterPolicy<StillsConstraint>(StillsConstraint.Name));

    /// <summary>Maps the pictures, beside WHEP.</summary>
    public static RouteHandlerBuilder MapStills(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet($"/{{**picture:{StillsConstraint.Name}}}", (Delegate)GetAsync);

    private static async Task<IResult> GetAsync(HttpContext http, PathRegistry paths, Access access, TimeProvider time)
    {
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.CacheControl = "no-store";
        if (!StillsAddress.TryParse(http.Request.Path.Value, out var address))
        {
            return Problems.NotFound("There is nothing at this address.");
        }
        var remote = http.Connection.RemoteIpAddress;
        var request = new AccessRequest(Credentials.Of(http.Request), remote, AccessAction.Read, address.Path.Value) { Protocol = "http" };
        var decision = await access.DecideAsync(request, http.RequestAborted).ConfigureAwait(false);
        if (!decision.IsGranted)
        {
            return await RefuseAsync(http, decision, time).ConfigureAwait(false);
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, s_patience, Timeout.InfiniteTimeSpan);
        try
        {
            var camera = paths.FindToRead(address.Path);
            var stream = await camera.JpegAsync(address.IsMoving, limit.Token).ConfigureAwait(false);
            using var reader = new PictureReader();
            using var reading = stream.AddReader(reader);
            var first = await reader.Pictures.ReadAsync(limit.Token).ConfigureAwait(false);
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (!address.IsMoving)
            {
                return Still(first);
            }
            var name = remote is null ? "" : new IPEndPoint(remote, http.Connection.RemotePort).ToString();
            await MoveAsync(http, camera, reader, first, decision.Key!.Name, name, time).ConfigureAwait(false);
            return Results.Empty;
        }
        catch (PathRefusedException e)
        {
            return Problems.NotFound(e.Message);
        }
        catch (SourceException e)
        {
            return e.Failure == SourceFailure.UnsupportedCodec
                ? Problems.Of(StatusCodes.Status501NotImplemented, e.Message)
                : Problems.Unavailable(e.Message);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            return Problems.Unavailable($"No picture came within {s_patience.TotalSeconds:0} s.");
        }
        catch (OperationCanceledException)
        {
            return Results.Empty; // The client has gone.
        }
        catch (ObjectDisposedException)
        {
            return Problems.NotFound("The camera was removed or its settings changed.");
        }
    }

    private static FileContentHttpResult Still(Unit picture)
    {
        try
        {
            return TypedResults.Bytes(picture.Data.ToArray(), "image/jpeg");
        }
        finally
        {
            picture.Release();
        }
    }

    private static async Task MoveAsync(
        HttpContext http,
        Camera camera,
        PictureReader reader,
        Unit first,
        string key,
        string remote,
        TimeProvider time
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, camera.Retired);
        var bytes = 0L;
        var entry = new PathReader("mjpeg", remote, key, time.GetUtcNow(), () => Interlocked.Read(ref bytes), end.Cancel);
        camera.Readers.Add(entry);
        http.Response.ContentType = $"multipart/x-mixed-replace; boundary={Boundary}";
        var picture = first;
        try
        {
            while (true)
            {
                var head = Encoding.ASCII.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"--{Boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n"
                    )
                );
                try
                {
                    await http.Response.Body.WriteAsync(head, end.Token).ConfigureAwait(false);
                    await http.Response.Body.WriteAsync(picture.Memory, end.Token).ConfigureAwait(false);
                    await http.Response.Body.WriteAsync("\r\n"u8.ToArray(), end.Token).ConfigureAwait(false);
                    await http.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
                    Interlocked.Add(ref bytes, head.Length + picture.Length + 2);
                }
                finally
                {
                    picture.Release();
                }
                picture = await reader.Pictures.ReadAsync(end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client has gone, was ended, or the camera was removed: so ends a stream that has no end.
        }
        finally
        {
            camera.Readers.Remove(entry);
        }
    }

    private static async Task<IResult> RefuseAsync(HttpContext http, AccessDecision decision, TimeProvider time)
    {
        if (decision.Delay > TimeSpan.Zero)
        {
            await Task.Delay(decision.Delay, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        switch (decision.Outcome)
        {
            case AccessOutcome.Locked:
                return Problems.Of(StatusCodes.Status429TooManyRequests, decision.Sentence);
            case AccessOutcome.NotAllowed:
                return Problems.Forbidden(decision.Sentence);
            default:
                // Browsers show a picture's address in a window of their own that asks for Basic.
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"MuMu Camera\"";
                return Problems.Unauthorized(decision.Sentence);
        }
    }
}
