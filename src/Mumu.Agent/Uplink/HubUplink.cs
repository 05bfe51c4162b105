// Keeps the device connected to its hub.
using System.Net.WebSockets;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Identity;
using Mumu.Agent.Settings;
using Mumu.Signaling;

namespace Mumu.Agent.Uplink;

/// <summary>Connects, and connects again with growing waits, for as long as the program runs. A change of the hub's address in the settings reconnects at once.</summary>
public sealed partial class HubUplink : BackgroundService
{
    /// <summary>A connection that held this long was a good one: the next wait is short again.</summary>
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    private readonly AgentOptions _options;
    private readonly DeviceIdentity _identity;
    private readonly Pairing _pairing;
    private readonly PresenceReport _presence;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<HubUplink> _logger;
    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, ConnectTimeout = ConnectLimit };
    private readonly HttpClient _http;
    private readonly DeviceRegistration _registration;
    private readonly Backoff _backoff = new(Random.Shared);
    private readonly Lock _lock = new();
    private CancellationTokenSource? _attempt;
    private volatile HubConnection? _connection;
    private string? _hubUrl;
    private bool _isRegistered;

    /// <summary>Made by the container.</summary>
    public HubUplink(
        AgentOptions options,
        DeviceIdentity identity,
        CameraRegistry cameras,
        Pairing pairing,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<HubUplink> logger
    )
    {
        _options = options;
        _identity = identity;
        _pairing = pairing;
        _presence = new PresenceReport(cameras, options);
        _lifetime = lifetime;
        _time = time;
        _logger = logger;
        _http = new HttpClient(_handler, disposeHandler: false)
        {
            Timeout = ConnectLimit,
            MaxResponseContentBufferSize = Envelope.MaxBytes,
        };
        _registration = new DeviceRegistration(_http, identity, time);
        Status = new UplinkStatus(UplinkState.Off, null, null, time.GetUtcNow());
        _options.Settings.Changed += OnSettings;
    }

    /// <summary>How it is.</summary>
    public UplinkStatus Status { get; private set; }

    /// <summary>The hub in use; null without one.</summary>
    public HubAddress? Hub { get; private set; }

    /// <summary>The status changed. Handlers must not block.</summary>
    public event Action<UplinkStatus>? StatusChanged;

    /// <summary>A message of the hub about watching. Raised in order from the connection's loop; handlers must not block.</summary>
    public event Action<Envelope>? Signal;

    /// <summary>The connection is gone; sessions whose media path lives may live on.</summary>
    public event Action? Lost;

    /// <summary>Sends a message; false while there is no connection: then it is lost.</summary>
    public bool TrySend<T>(string type, T payload, JsonTypeInfo<T> typeInfo) => _connection?.TrySend(type, payload, typeInfo) ?? false;

    /// <inheritdoc />
    public override void Dispose()
    {
        _options.Settings.Changed -= OnSettings;
        base.Dispose();
        _http.Dispose();
        _handler.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken).ConfigureAwait(false);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            lock (_lock)
            {
                _attempt = attempt;
                _isRegistered &= _hubUrl == _options.HubUrl;
                _hubUrl = _options.HubUrl;
            }
            Hub = _hubUrl is null ? null : new HubAddress(_hubUrl);
            var wait = Hub is null ? Off("No hub is set.") : await AttemptAsync(Hub, attempt.Token).ConfigureAwait(false);
            await Task.Delay(wait, _time, attempt.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
            {
                _attempt = null;
            }
        }
        Off("The program is stopping.");
    }

    /// <summary>One connection from its beginning to its end; gives the wait before the next.</summary>
    private async Task<TimeSpan> AttemptAsync(HubAddress hub, CancellationToken cancellation)
    {
        Become(UplinkState.Connecting, null);
        long? online = null;
        try
        {
            if (!_isRegistered)
            {
                var name = _options.Settings.Current.Device.Name ?? Environment.MachineName;
                await _registration.RegisterAsync(hub, name, cancellation).ConfigureAwait(false);
                _isRegistered = true;
            }
            await using var socket = await ConnectAsync(hub, cancellation).ConfigureAwait(false);
            var connection = new HubConnection(socket, hub, _identity, _pairing, _presence, _time, OnSignal, LogRefused);
            await connection.GreetAsync(cancellation).ConfigureAwait(false);
            online = _time.GetTimestamp();
            _connection = connection;
            Become(UplinkState.Online, null);
            await connection.RunAsync(cancellation).ConfigureAwait(false);
            return TimeSpan.Zero;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _backoff.Reset();
            return TimeSpan.Zero;
        }
        catch (Exception e)
            when (e is UplinkException or HttpRequestException or WebSocketException or IOException or OperationCanceledException)
        {
            return Failed(hub, e, online);
        }
        catch (Exception e)
        {
            // A defect may not keep the device off its hub for good; the log has its trace.
            LogDefect(e);
            return Failed(hub, new UplinkException("The device met an unexpected error.", inner: e), online);
        }
        finally
        {
            _connection = null;
            if (online is not null)
            {
                Lost?.Invoke();
            }
        }
    }

    private async Task<HubSocket> ConnectAsync(HubAddress hub, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(ConnectLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        return await HubSocket.ConnectAsync(hub.DeviceSocket, _http, _time, either.Token).ConfigureAwait(false);
    }

    private TimeSpan Failed(HubAddress hub, Exception error, long? online)
    {
        var known = error as UplinkException;
        _isRegistered &= known?.MustRegister != true;
        if (online is { } since && _time.GetElapsedTime(since) >= SteadyAfter)
        {
            _backoff.Reset();
        }
        var wait = _backoff.Next(known?.RetryAfter ?? default);
        var sentence = ConnectionFailure.Sentence(hub, error);
        Become(UplinkState.Waiting, sentence);
        LogFailed(sentence, wait.TotalSeconds);
        return wait;
    }

    private TimeSpan Off(string message)
    {
        Become(UplinkState.Off, message);
        return Timeout.InfiniteTimeSpan;
    }

    // The hub may live in this very program: asked before it listens, it would only cost a failed attempt.
    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _lifetime.ApplicationStarted.Register(() => started.TrySetResult()).ConfigureAwait(false);
        await started.Task.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void OnSettings(MumuSettings settings)
    {
        lock (_lock)
        {
            if (_attempt is not null && _hubUrl != _options.HubUrl)
            {
                // Not awaited on purpose: what the cancellation wakes up must not run under the settings' lock.
                _ = _attempt.CancelAsync();
            }
        }
    }

    private void OnSignal(Envelope message) => Signal?.Invoke(message);

    private void Become(UplinkState state, string? message)
    {
        if (Status.State == state && Status.Message == message)
        {
            return;
        }
        Status = new UplinkStatus(state, Hub?.ToString(), message, _time.GetUtcNow());
        if (state == UplinkState.Online)
        {
            LogOnline(Status.Hub!, _identity.DeviceId);
        }
        StatusChanged?.Invoke(Status);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to {Hub} as {DeviceId}.")]
    private partial void LogOnline(string hub, string deviceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Next attempt in {Seconds:F1} s.")]
    private partial void LogFailed(string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The connection to the hub threw what it should not.")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The hub refused a message: {Reason}")]
    private partial void LogRefused(string reason);
}
