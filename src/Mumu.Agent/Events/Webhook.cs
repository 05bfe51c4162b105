// Tells one address of events, in order, and again when it does not answer.
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Events;

/// <summary>
/// Sends by POST, one at a time. What fails is tried again with growing pauses; after <see cref="MostTries"/> the event is given up. Beyond <see cref="MaxWaiting"/> waiting events new ones are dropped, and the log says how many.
/// </summary>
internal sealed partial class Webhook(WebhookSettings settings, HttpClient http, TimeProvider time, ILogger logger)
{
    public const int MostTries = 8;
    public const int MaxWaiting = 1000;
    public const string SignatureHeader = "Mumu-Signature";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly HashSet<string> _types = [.. (settings.Types ?? []).Select(EnumWords.Of)];
    private readonly Channel<FeedEvent> _waiting = Channel.CreateBounded<FeedEvent>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );
    private long _dropped;

    /// <summary>Events dropped because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Queues an event; never blocks.</summary>
    public void Post(FeedEvent told)
    {
        if ((_types.Count == 0 || _types.Contains(told.Type)) && !_waiting.Writer.TryWrite(told))
        {
            if (Interlocked.Increment(ref _dropped) is var dropped && (dropped & (dropped - 1)) == 0) // at 1, 2, 4, 8, …
            {
                LogDropped(settings, dropped);
            }
        }
    }

    /// <summary>Sends until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var told in _waiting.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                await SendAsync(told, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped, or replaced by other settings.
        }
    }

    private async Task SendAsync(FeedEvent told, CancellationToken stop)
    {
        var body = told.ToJson();
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            var (done, problem) = await TryAsync(told.Id, body, stop).ConfigureAwait(false);
            if (done && problem.Length == 0)
            {
                return;
            }
            if (done || tries == MostTries)
            {
                LogGivenUp(settings, told.Type, tries, problem);
                return;
            }
            await Task.Delay(pause, time, stop).ConfigureAwait(false);
            pause = pause * 2 < LastPause ? pause * 2 : LastPause;
        }
    }

    /// <summary>Tries once; done with a problem where trying again is of no use.</summary>
    private async Task<(bool Done, string Problem)> TryAsync(string id, byte[] body, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var post = new HttpRequestMessage(HttpMethod.Post, settings.Url);
        post.Content = new ByteArrayContent(body);
        post.Content.Headers.ContentType = new("application/json");
        post.Headers.Add("Mumu-Event-Id", id);
        post.Headers.Add(SignatureHeader, Sign(settings.Secret!, time.GetUtcNow(), body));
        try
        {
            using var answer = await http.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return answer.StatusCode switch
            {
                _ when answer.IsSuccessStatusCode => (true, ""),
                HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => (false, $"status {(int)answer.StatusCode}"),
                < HttpStatusCode.InternalServerError => (true, $"status {(int)answer.StatusCode}"),
                _ => (false, $"status {(int)answer.StatusCode}"),
            };
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return (false, e is HttpRequestException ? e.Message : "no answer");
        }
    }

    /// <summary>HMAC-SHA256 over the time, a dot and the body, so that an old message can't be played again later.</summary>
    internal static string Sign(string secret, DateTimeOffset now, byte[] body)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Hook}: {Type} was given up after {Tries} tries: {Problem}.")]
    private partial void LogGivenUp(WebhookSettings hook, string type, int tries, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Hook} does not keep up; events dropped so far: {Dropped}.")]
    private partial void LogDropped(WebhookSettings hook, long dropped);
}
