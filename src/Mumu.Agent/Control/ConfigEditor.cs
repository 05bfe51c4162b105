// Changes settings on request of the control API, and writes them to mumu.json.
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Control;

/// <summary>Each change is in force whole, or refused whole with the reason; what it does is in the log with the name of the key that asked.</summary>
internal sealed partial class ConfigEditor(SettingsStore settings, ILogger<ConfigEditor> logger)
{
    public const string NoSuchPath = "There is no path of that name in the settings.";

    /// <summary>The settings of all paths, by name.</summary>
    public IReadOnlyList<PathConf> Paths() =>
        [.. settings.Current.Cameras.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => PathFields.Show(c.Key, Clean(c.Value)))];

    /// <summary>The settings of one path; null if there is none.</summary>
    public PathConf? Path(string name) =>
        settings.Current.Cameras.TryGetValue(name, out var camera) ? PathFields.Show(name, Clean(camera)) : null;

    public GlobalConf Global() => GlobalFields.Show(settings.Current);

    public IResult PatchGlobal(JsonElement fields, string caller) =>
        Change(() =>
        {
            var changes = GlobalFields.Changes(fields, settings.Current, settings.PortOffset);
            if (changes.Count > 0)
            {
                settings.SetValues(changes);
                LogSettings(caller, changes.Count);
            }
            return null;
        });

    public IResult AddPath(string name, JsonElement fields, string caller) =>
        Change(() =>
            settings.Current.Cameras.ContainsKey(name)
                ? Answers.BadRequest($"There is a path “{name}” already.")
                : SetPath(name, NewPath(), fields, caller)
        );

    public IResult PatchPath(string name, JsonElement fields, string caller) =>
        Change(() =>
            settings.Current.Cameras.TryGetValue(name, out var camera)
                ? SetPath(name, Clean(camera), fields, caller)
                : Answers.NotFound(NoSuchPath)
        );

    public IResult ReplacePath(string name, JsonElement fields, string caller) => Change(() => SetPath(name, NewPath(), fields, caller));

    public IResult DeletePath(string name, string caller) =>
        Change(() =>
        {
            if (!settings.Current.Cameras.ContainsKey(name))
            {
                return Answers.NotFound(NoSuchPath);
            }
            if (settings.IsOverridden(name))
            {
                return Overridden();
            }
            settings.RemoveCamera(name);
            LogRemoved(caller, name);
            return null;
        });

    // As clients expect: a path without a source waits for a publisher.
    private static CameraSettings NewPath() => new(Source: CameraSourceKind.Publisher);

    private static CameraSettings Clean(CameraSettings camera) => CameraUrl.SplitUserInfo(camera);

    private IResult? SetPath(string name, CameraSettings camera, JsonElement fields, string caller)
    {
        if (!CameraId.IsValid(name))
        {
            return Answers.BadRequest(
                $"“{CameraId.Shown(name)}” can't be a path in the settings: {CameraId.Rule} Names with slashes need none: whoever may publish makes them."
            );
        }
        if (settings.IsOverridden(name))
        {
            return Overridden();
        }
        camera = PathFields.Apply(name, camera, fields);
        foreach (var (_, reason) in SettingsRules.Camera(camera))
        {
            return Answers.BadRequest(reason);
        }
        settings.SetCamera(name, camera);
        LogPath(caller, name);
        return null;
    }

    private static IResult Overridden() =>
        Answers.BadRequest("This path was given on the command line or by the environment; change it there.");

    private IResult Change(Func<IResult?> change)
    {
        lock (settings.Changing)
        {
            try
            {
                return change() ?? Answers.Done();
            }
            catch (FieldException e)
            {
                return Answers.BadRequest(e.Message);
            }
            catch (SettingsException e)
            {
                return Answers.BadRequest(e.Line > 0 ? $"Not saved. mumu.json, line {e.Line}: {e.Reason}" : $"Not saved. {e.Reason}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogWriteFailed(e, settings.Path);
                return Answers.Error(
                    StatusCodes.Status500InternalServerError,
                    "mumu.json can't be written. Is the disk full, or the file read-only?"
                );
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Caller} changed settings of the program: {Count}.")]
    private partial void LogSettings(string caller, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Caller} set path {Name}.")]
    private partial void LogPath(string caller, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Caller} removed path {Name}.")]
    private partial void LogRemoved(string caller, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} can't be written.")]
    private partial void LogWriteFailed(Exception error, string path);
}
