// The cameras there are, kept in step with the settings.
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Cameras;

/// <summary>Holds the cameras in the order of the settings. A reload replaces only those whose settings changed; the others keep playing.</summary>
public sealed partial class CameraRegistry : IAsyncDisposable
{
    private readonly SettingsStore _settings;
    private readonly CameraSourceFactory _sources;
    private readonly TimeProvider _time;
    private readonly ILogger<CameraRegistry> _logger;
    private readonly Lock _lock = new();
    private ImmutableArray<Camera> _cameras = [];
    private Task _retiring = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Makes the cameras of the settings and follows their changes.</summary>
    public CameraRegistry(SettingsStore settings, CameraSourceFactory sources, TimeProvider time, ILogger<CameraRegistry> logger)
    {
        _settings = settings;
        _sources = sources;
        _time = time;
        _logger = logger;
        _settings.Changed += Apply;
        Apply(settings.Current);
    }

    /// <summary>Tells what happens to paths; from any thread, and who listens must not block.</summary>
    internal event Action<PathEvent>? Happened;

    /// <summary>All cameras: those of the settings in their order, then those that are only published.</summary>
    public IReadOnlyList<Camera> All => _cameras;

    /// <summary>The same without second streams, which belong to the camera they are of.</summary>
    public IReadOnlyList<Camera> Main => [.. _cameras.Where(camera => !camera.IsSub)];

    /// <summary>Finds a camera, or makes a temporary one to publish to; null if there are <paramref name="most"/> temporary ones already.</summary>
    internal Camera? FindOrAddTemporary(string id, int most)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_cameras.FirstOrDefault(c => c.Id == id) is { } known)
            {
                return known;
            }
            if (_cameras.Count(c => c.IsTemporary) >= most)
            {
                return null;
            }
            var made = new Camera(
                id,
                new CameraSettings(Source: CameraSourceKind.Publisher),
                _sources,
                _time,
                _logger,
                Raise,
                isTemporary: true,
                Transcode
            );
            _cameras = _cameras.Add(made);
            return made;
        }
    }

    /// <summary>Ends a temporary camera that nobody publishes to.</summary>
    internal void RemoveTemporary(Camera camera)
    {
        lock (_lock)
        {
            if (camera is { IsTemporary: true, Slot.Current: null } && _cameras.Contains(camera))
            {
                _cameras = _cameras.Remove(camera);
                Retire([camera]);
            }
        }
    }

    /// <summary>Finds a camera; null is the first one, as a viewer who names none means it.</summary>
    public Camera? Find(string? id)
    {
        var cameras = _cameras;
        return id is null ? cameras.FirstOrDefault() : cameras.FirstOrDefault(c => c.Id == id);
    }

    /// <summary>Stops all cameras.</summary>
    public async ValueTask DisposeAsync()
    {
        _settings.Changed -= Apply;
        Task retiring;
        lock (_lock)
        {
            _isDisposed = true;
            Retire([.. _cameras]);
            _cameras = [];
            retiring = _retiring;
        }
        await retiring.ConfigureAwait(false);
    }

    private void Apply(MumuSettings settings)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }
            var old = _cameras.Where(c => !c.IsTemporary).ToDictionary(c => c.Id);
            var now = ImmutableArray.CreateBuilder<Camera>(settings.Cameras.Count);
            var wanted = settings.Cameras.SelectMany(WithSub).ToArray();
            foreach (var (id, clean) in wanted)
            {
                if (old.TryGetValue(id, out var same) && same.TryRename(clean))
                {
                    old.Remove(id);
                    now.Add(same);
                    continue;
                }
                now.Add(new Camera(id, clean, _sources, _time, _logger, Raise, transcode: Transcode));
                LogMade(id, clean);
            }
            var temporary = _cameras.Where(c => c.IsTemporary).ToLookup(c => wanted.Any(w => w.Id == c.Id));
            now.AddRange(temporary[false]);
            _cameras = now.ToImmutable();
            Retire([.. old.Values, .. temporary[true]]);
        }
    }

    internal void Raise(PathEvent happened) => Happened?.Invoke(happened);

    // A camera, and behind it its second stream at a path of its own.
    private static IEnumerable<(string Id, CameraSettings Settings)> WithSub(KeyValuePair<string, CameraSettings> entry)
    {
        var clean = CameraUrl.SplitUserInfo(entry.Value);
        yield return (entry.Key, clean);
        if (clean.Sub is { } sub)
        {
            var name = $"{clean.Name ?? entry.Key} (sub)";
            // A transport stream is sent here by whoever knows where: no account has to do with it.
            var second = CameraUrl.IsTransportStream(sub) ? clean with { User = null, Password = null } : clean;
            yield return (entry.Key + Camera.SubSuffix, second with { Name = name, Url = sub, Sub = null, Forward = null });
        }
    }

    private TranscodeSettings Transcode() => _settings.Current.Transcode;

    // Stopping a source may take a while (a camera is told goodbye), and nobody waits for it but the end of the program.
    private void Retire(Camera[] cameras)
    {
        if (cameras.Length > 0)
        {
            _retiring = Task.WhenAll([_retiring, .. cameras.Select(c => Task.Run(() => c.DisposeAsync().AsTask()))]);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Camera {Camera}: {Settings}.")]
    private partial void LogMade(string camera, CameraSettings settings);
}
