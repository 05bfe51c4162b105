// The settings in force: read from mumu.json, watched, and changed through one door.
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mumu.Agent.Settings;

/// <summary>
/// Owns <c>mumu.json</c>. A text that is refused leaves the settings as they are and is told by <see cref="Problem"/>; a good one replaces them all at once
/// and is told by <see cref="Changed"/>. What the API changes is written by editing the text, so that comments survive.
/// </summary>
public sealed partial class SettingsStore
{
    /// <summary>The file's name within the data directory.</summary>
    public const string FileName = "mumu.json";

    private readonly SettingsOverrides _overrides;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private byte[] _text = [];
    private FileStamp _stamp;

    private SettingsStore(string path, SettingsOverrides overrides, IReadOnlyDictionary<string, string> environment, ILogger logger)
    {
        Path = path;
        _overrides = overrides;
        _environment = environment;
        _logger = logger;
        Current = new MumuSettings();
        InFile = Current;
    }

    /// <summary>Opens the file of a data directory; makes the directory, and a file with a simulator, where there is none.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="overrides">What the command line says.</param>
    /// <param name="environment">What the environment says; <see cref="SettingsEnvironment.OfProcess"/> as a rule.</param>
    /// <param name="logger">Hears of reloads and refusals.</param>
    /// <exception cref="SettingsException">The file, a variable or an option is refused.</exception>
    public static SettingsStore Open(
        string dataDirectory,
        SettingsOverrides overrides,
        IReadOnlyDictionary<string, string> environment,
        ILogger? logger = null
    )
    {
        Directory.CreateDirectory(dataDirectory);
        var store = new SettingsStore(
            System.IO.Path.Combine(dataDirectory, FileName),
            overrides,
            environment,
            logger ?? NullLogger.Instance
        );
        SettingsSchema.WriteBeside(store.Path);
        if (!File.Exists(store.Path))
        {
            AtomicFile.Write(store.Path, SettingsTemplate.Text, ownerOnly: false);
        }
        store._stamp = FileStamp.Of(store.Path);
        store.Take(store.Read());
        return store;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The settings in force: file, environment and command line together.</summary>
    public MumuSettings Current { get; private set; }

    /// <summary>Held by whoever looks at the settings and then changes them by what was seen.</summary>
    internal Lock Changing { get; } = new();

    /// <summary>What the command line adds to every port.</summary>
    internal int PortOffset => _overrides.PortOffset;

    /// <summary>What the file alone says.</summary>
    internal MumuSettings InFile { get; private set; }

    /// <summary>Why the file as it is now on disk was refused; null if it is in force.</summary>
    public SettingsException? Problem { get; private set; }

    /// <summary>New settings are in force. Raised with the store's lock held, in order; handlers must not block.</summary>
    public event Action<MumuSettings>? Changed;

    /// <summary>True if the camera comes from command line or environment, so that the file can't change it.</summary>
    public bool IsOverridden(string cameraId) =>
        Current.Cameras.TryGetValue(cameraId, out var now) && !(InFile.Cameras.TryGetValue(cameraId, out var file) && file == now);

    /// <summary>Reads the file again if it changed on disk.</summary>
    /// <returns>True if new settings came into force.</returns>
    public bool Reload()
    {
        lock (_lock)
        {
            try
            {
                var stamp = FileStamp.Of(Path);
                if (stamp == _stamp || stamp == default)
                {
                    return false; // unchanged, or for a moment not there while an editor replaces it
                }
                _stamp = stamp;
                var text = Read();
                if (!text.AsSpan().SequenceEqual(_text))
                {
                    return Take(text);
                }
                Problem = null; // A mistake was taken back.
                return false;
            }
            catch (Exception e) when (e is SettingsException or IOException or UnauthorizedAccessException)
            {
                var problem = e as SettingsException ?? new SettingsException(Path, 0, $"The file can't be read: {e.Message}");
                if (problem.Message != Problem?.Message)
                {
                    LogRefused(problem.Message); // Once: what can't even be looked at is tried again every second.
                }
                Problem = problem;
                return false;
            }
        }
    }

    /// <summary>Adds or replaces a camera in the file.</summary>
    /// <exception cref="SettingsException">The camera, or the file as it is on disk, is refused; nothing changed.</exception>
    public void SetCamera(string id, CameraSettings camera)
    {
        var json = JsonSerializer.Serialize(CameraUrl.SplitUserInfo(camera), SettingsJson.File.CameraSettings);
        Edit(text =>
        {
            var root = new JsonMembers(text);
            return root.Find("cameras") is { } cameras && text[cameras.ValueStart] == '{'
                ? new JsonMembers(text, cameras.ValueStart).Set(id, json, indent: 4)
                : root.Set("cameras", $"{{\n  \"{id}\": {json.ReplaceLineEndings("\n  ")}\n}}", indent: 2);
        });
    }

    /// <summary>Sets values of sections in the file, all or none.</summary>
    /// <param name="values">Section, name and JSON of each; null as JSON takes the value out of the file.</param>
    /// <exception cref="SettingsException">A value, or the file as it is on disk, is refused; nothing changed.</exception>
    internal void SetValues(IReadOnlyList<(string Section, string Name, string? Json)> values) =>
        Edit(text => values.Aggregate(text, (edited, value) => SetValue(edited, value.Section, value.Name, value.Json)));

    private static byte[] SetValue(byte[] text, string section, string name, string? json)
    {
        var root = new JsonMembers(text);
        if (root.Find(section) is { } group && text[group.ValueStart] == '{')
        {
            var members = new JsonMembers(text, group.ValueStart);
            return json is null ? members.Remove(name) : members.Set(name, json, indent: 4);
        }
        return json is null ? text : root.Set(section, $"{{\n  \"{name}\": {json}\n}}", indent: 2);
    }

    /// <summary>Removes a camera from the file; no change where it has none.</summary>
    /// <exception cref="SettingsException">The file as it is on disk is refused; nothing changed.</exception>
    public void RemoveCamera(string id) =>
        Edit(text =>
            new JsonMembers(text).Find("cameras") is { } cameras && text[cameras.ValueStart] == '{'
                ? new JsonMembers(text, cameras.ValueStart).Remove(id)
                : text
        );

    private void Edit(Func<byte[], byte[]> edit)
    {
        lock (_lock)
        {
            // What a person saved since the last look is the base, so that neither's change is lost. A file that was removed comes back as it was last in force.
            var text = File.Exists(Path) ? Read() : _text;
            SettingsText.Parse(text, Path);
            var edited = edit(text);
            var settings = SettingsText.Parse(edited, Path);
            _overrides.Apply(settings, _environment);
            AtomicFile.Write(Path, edited, SettingsSecrets.In(settings));
            _stamp = FileStamp.Of(Path);
            Take(edited);
        }
    }

    private bool Take(byte[] text)
    {
        var file = SettingsText.Parse(text, Path);
        var settings = _overrides.Apply(file, _environment);
        if (SettingsSecrets.In(file))
        {
            AtomicFile.Restrict(Path);
        }
        _text = text;
        InFile = file;
        Current = settings;
        Problem = null;
        Changed?.Invoke(settings);
        LogTaken(Path, settings.Cameras.Count);
        return true;
    }

    private byte[] Read()
    {
        if (new FileInfo(Path).Length > SettingsText.MaxBytes)
        {
            throw new SettingsException(Path, 0, $"The file is larger than {SettingsText.MaxBytes / 1024} KiB.");
        }
        return File.ReadAllBytes(Path);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Settings of {Path} are in force; cameras: {Cameras}.")]
    private partial void LogTaken(string path, int cameras);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The settings stay as they were. {Problem}")]
    private partial void LogRefused(string problem);
}
