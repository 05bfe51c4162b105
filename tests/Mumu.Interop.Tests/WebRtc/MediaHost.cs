// The engine behind a tiny web server: a page, and streams to watch by posting an offer.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Lab.Tests.Networks;
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

    private readonly ConcurrentBag<string> _reports = [];
    private ViewerSession? _last;
    private TaskCompletionSource<string> _answered = new();

    private MediaHost(WebApplication app, string? url, WebRtcOptions options)
    {
        _app = app;
        Url = url ?? "";
        Engine = new WebRtcEngine(options, TimeProvider.System, NullLogger<WebRtcEngine>.Instance);
    }

    public WebRtcEngine Engine { get; }

    public string Url { get; private set; }

    public static async Task<MediaHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = new MediaHost(Build(builder), null, Options(IPAddress.Loopback));
        host.Engine.Start();
        await host.ServeAsync();
        host.Url = host._app.Urls.Single();
        return host;
    }

    /// <summary>One whose sockets, the web server's too, are in a namespace of its own.</summary>
    public static async Task<MediaHost> StartAsync(NetworkNamespace inside, IPAddress address)
    {
        var listener = inside.Enter(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            socket.Listen();
            return socket;
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenHandle((ulong)listener.Handle));
        var host = new MediaHost(Build(builder), $"http://{listener.LocalEndPoint}", Options(address) with { Tcp = false });
        inside.Enter(() =>
        {
            host.Engine.Start();
            return host;
        });
        await host.ServeAsync();
        return host;
    }

    private static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static WebRtcOptions Options(IPAddress address) =>
        new()
        {
            Bind = address,
            Port = 0,
            Loops = 1,
        };

    /// <summary>What pages have posted to <c>/report</c>, in no order.</summary>
    public IReadOnlyCollection<string> Reports => _reports;

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

    private async Task ServeAsync()
    {
        _app.MapGet("/", () => Results.Content("<!doctype html><body><video muted autoplay></video>", "text/html"));
        _app.MapGet("/firefox", () => Results.File(Firefox.Page, "text/html"));
        _app.MapPost("/report", ReportAsync);
        _app.MapPost("/watch/{name}", WatchAsync);
        _app.MapPost("/restart", RestartAsync);
        _app.MapPost("/publish/{name}", PublishAsync);
        _app.MapGet("/offer/{name}", OfferAsync);
        _app.MapPost("/answer", TakeAnswerAsync);
        await _app.StartAsync();
    }

    private async Task ReportAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        _reports.Add(await reader.ReadToEndAsync());
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

    /// <summary>Why the last offer of ours came to nothing; null if it did not.</summary>
    public string? OfferFailure { get; private set; }

    // We offer: the stream, data channels, and to take as "back" what the other side sends.
    private async Task<IResult> OfferAsync(string name)
    {
        var publication = await _slots["back"].BeginAsync(new Publisher("webrtc", "test", "test"), CancellationToken.None);
        var offered = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answered = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = BeginAsync(new OutgoingOffer(_streams[name]) { Publishes = publication, HasData = true }, offered, publication);
        return Results.Text(await offered.Task, "application/sdp");
    }

    private async Task BeginAsync(OutgoingOffer offer, TaskCompletionSource<string> offered, Publication publication)
    {
        try
        {
            var session = await Engine.OfferAsync(
                offer,
                (text, _) =>
                {
                    offered.SetResult(text);
                    return _answered.Task;
                },
                CancellationToken.None
            );
            if (session.Data is { } data)
            {
                _ = EchoAsync(data);
            }
            await FollowAsync(session, publication);
        }
        catch (Exception failure) when (failure is SdpException or SourceException)
        {
            OfferFailure = failure.Message;
            offered.TrySetResult("");
        }
    }

    private async Task<IResult> TakeAnswerAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        _answered.SetResult(await reader.ReadToEndAsync());
        return Results.NoContent();
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
