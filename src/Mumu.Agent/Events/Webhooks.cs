// The webhooks of the settings.
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Keys;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Events;

/// <summary>Runs one <see cref="Webhook"/> for each address, and keeps step with the settings; one that did not change keeps what waits for it.</summary>
internal sealed class Webhooks : BackgroundService
{
    private readonly EventFeed _feed;
    private readonly SettingsStore _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<Webhooks> _logger;
    private readonly HttpClient _http;
    private readonly Channel<FeedEvent> _events;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Webhook Hook, CancellationTokenSource Stop, Task Run)> _hooks = [];

    public Webhooks(EventFeed feed, SettingsStore settings, TimeProvider time, ILogger<Webhooks> logger)
    {
        (_feed, _settings, _time, _logger) = (feed, settings, time, logger);
        _http = new HttpClient(Outbound.Handler(settings), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _events = feed.Follow(null); // at once: what happens before the service runs is to be told, too
        Apply(settings.Current);
        settings.Changed += Apply;
    }

    public override void Dispose()
    {
        _settings.Changed -= Apply;
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var told in _events.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                foreach (var hook in Now())
                {
                    hook.Post(told);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
        finally
        {
            _feed.Leave(_events);
            await StopAllAsync().ConfigureAwait(false);
        }
    }

    private Webhook[] Now()
    {
        lock (_gate)
        {
            return [.. _hooks.Values.Select(h => h.Hook)];
        }
    }

    private void Apply(MumuSettings settings)
    {
        lock (_gate)
        {
            var wanted = settings.Events.Webhooks.DistinctBy(NameOf).ToDictionary(NameOf);
            foreach (var name in _hooks.Keys.Except(wanted.Keys).ToArray())
            {
                _ = _hooks[name].Stop.CancelAsync();
                _hooks.Remove(name);
            }
            foreach (var (name, hook) in wanted)
            {
                if (!_hooks.ContainsKey(name))
                {
                    var stop = new CancellationTokenSource();
                    var made = new Webhook(hook, _http, _time, _logger);
                    _hooks[name] = (made, stop, Task.Run(() => made.RunAsync(stop.Token)));
                }
            }
        }
    }

    private async Task StopAllAsync()
    {
        (Webhook Hook, CancellationTokenSource Stop, Task Run)[] running;
        lock (_gate)
        {
            running = [.. _hooks.Values];
            _hooks.Clear();
        }
        foreach (var (_, stop, _) in running)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        await Task.WhenAll(running.Select(r => r.Run)).ConfigureAwait(false);
    }

    private static string NameOf(WebhookSettings hook) => JsonSerializer.Serialize(hook, SettingsJson.Default.WebhookSettings);
}
