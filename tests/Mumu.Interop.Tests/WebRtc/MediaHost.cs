// The engine behind a tiny web server: a page, and streams to watch by posting an offer.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Publishing;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Interop.Tests.WebRtc;

internal sealed class MediaHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, MediaStream> _streams = [];
    private readonly Dictionary<string, PublisherSlot> _slots = [];

    private ViewerSession? _last;

    private MediaHost(WebApplication app) => _app = app;

    public WebRtcEngine Engine { get; } =
        new(
            new WebRtcOptions
            {
                Bind = IPAddress.Loopback,
                Port = 0,
                Loops = 1,
            },
            TimeProvider.System,
            NullLogger<WebRtcEngine>.Instance
        );

    public string Url => _app.Urls.Single();

    public static async Task<MediaHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = new MediaHost(builder.Build());
        host.Engine.Start();
        host._app.MapGet("/", () => Results.Content("<!doctype html><body><video muted autoplay></video>", "text/html"));
        host._app.MapPost("/watch/{name}", host.WatchAsync);
        host._app.MapPost("/restart", host.RestartAsync);
        host._app.MapPost("/publish/{name}", host.PublishAsync);
        await host._app.StartAsync();
        return host;
    }

    public MediaStream Add(string name, Func<ISource> source) =>
        _streams[name] = new MediaStream(name, source, new StreamOptions(), TimeProvider.System);

    /// <summary>A stream that waits for a publisher.</summary>
    public MediaStream AddPublished(string name)
    {
        var slot = _slots[name] = new PublisherSlot(TimeProvider.System);
        return _streams[name] = new MediaStream(name, slot.CreateSource, PublisherSlot.StreamOptions, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        foreach (var stream in _streams.Values)
        {
            await stream.DisposeAsync();
        }
        await _app.DisposeAsync();
    }

    /// <summary>Gives back what comes on the data channels.</summary>
    private static async Task EchoAsync(ViewerData data)
    {
        while (await data.ReadAsync(CancellationToken.None) is { } e)
        {
            if (e.Kind == DataChannelEventKind.Message)
            {
                await data.SendAsync(e.Channel, e.Data, e.IsText, CancellationToken.None);
            }
        }
    }

    private async Task<IResult> WatchAsync(string name, HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        try
        {
            var offer = new ViewerOffer(_streams[name], await reader.ReadToEndAsync(), []) { AcceptsData = true };
            _last = await Engine.AnswerAsync(offer, request.HttpContext.RequestAborted);
            if (_last.Data is { } data)
            {
                _ = EchoAsync(data);
            }
            return Results.Text(_last.AnswerSdp, "application/sdp");
        }
        catch (Exception refusal) when (refusal is SdpException or SourceException)
        {
            return Results.Text(refusal.Message, statusCode: 400);
        }
    }

    // A further offer of the viewer that came last.
    private async Task<IResult> RestartAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text(await _last!.RestartAsync(await reader.ReadToEndAsync()), "application/sdp");
    }

    private async Task<IResult> PublishAsync(string name, HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var sdp = await reader.ReadToEndAsync();
        ViewerSession? session = null;
        var publisher = new Publisher("webrtc", "test", "test") { RequestKeyFrame = () => session?.RequestKeyFrame() };
        var publication = await _slots[name].BeginAsync(publisher, request.HttpContext.RequestAborted);
        try
        {
            session = await Engine.AnswerAsync(
                new ViewerOffer(null, sdp, []) { Publishes = publication },
                request.HttpContext.RequestAborted
            );
        }
        catch (SdpException refusal)
        {
            publication.End(refusal.Message);
            return Results.Text(refusal.Message, statusCode: 400);
        }
        _ = FollowAsync(session, publication);
        return Results.Text(session.AnswerSdp, "application/sdp");
    }

    private static async Task FollowAsync(ViewerSession session, Publication publication)
    {
        await foreach (var happened in session.Events.ReadAllAsync())
        {
            if (happened is ViewerEvent.Ended ended)
            {
                publication.End(ended.Sentence);
            }
        }
    }
}
