// The engine behind a tiny web server: a page, and streams to watch by posting an offer.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Interop.Tests.WebRtc;

internal sealed class MediaHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, MediaStream> _streams = [];

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
        await host._app.StartAsync();
        return host;
    }

    public MediaStream Add(string name, Func<ISource> source) =>
        _streams[name] = new MediaStream(name, source, new StreamOptions(), TimeProvider.System);

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
            var session = await Engine.AnswerAsync(offer, request.HttpContext.RequestAborted);
            _ = EchoAsync(session.Data!);
            return Results.Text(session.AnswerSdp, "application/sdp");
        }
        catch (Exception refusal) when (refusal is SdpException or SourceException)
        {
            return Results.Text(refusal.Message, statusCode: 400);
        }
    }
}
