// Changes cameras on request: checks, and writes them to mumu.json.
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Settings;
using Mumu.Signaling.Rest;

namespace Mumu.Agent.LocalApi;

/// <summary>Adds, changes and removes cameras; each gives null when done, else the refusal.</summary>
internal sealed partial class CameraEditor(SettingsStore settings, ILogger<CameraEditor> logger)
{
    public IResult? Add(AddCameraRequest request, out string id)
    {
        lock (settings.Changing)
        {
            id = request.Id ?? "";
            if (request.Id is null && string.IsNullOrWhiteSpace(request.Name))
            {
                return Problems.BadRequest("Give the camera a name.");
            }
            if (request.Id is not null && !CameraId.IsValid(request.Id))
            {
                return Problems.BadRequest($"This can't be a camera's id: {CameraId.Rule}");
            }
            if (!TryTransport(request.Transport, out var transport))
            {
                return Problems.BadRequest("The transport is one of: auto, tcp, udp.");
            }
            var known = settings.Current.Cameras;
            id = request.Id ?? CameraId.FromName(request.Name!, known.ContainsKey);
            if (known.ContainsKey(id))
            {
                return Problems.Conflict($"There is a camera “{id}” already.");
            }
            return Write(
                id,
                new CameraSettings(
                    Blank(request.Name),
                    Url: request.Url ?? "",
                    User: Blank(request.User),
                    Password: Blank(request.Password),
                    Transport: transport,
                    OnDemand: request.OnDemand ?? true
                )
            );
        }
    }

    public IResult? Update(string id, UpdateCameraRequest request)
    {
        lock (settings.Changing)
        {
            if (Refusal(id) is { } refusal)
            {
                return refusal;
            }
            var old = CameraUrl.SplitUserInfo(settings.Current.Cameras[id]);
            var transport = old.Transport;
            if (request.Transport is not null && !TryTransport(request.Transport, out transport))
            {
                return Problems.BadRequest("The transport is one of: auto, tcp, udp.");
            }
            // Whoever may change the address could else have the stored password sent to a host of their own.
            if (
                old.Password is not null
                && request.Password is null
                && request.Url is not null
                && !CameraUrl.SameHost(old.Url, request.Url)
            )
            {
                return Problems.BadRequest("The address names another host, so the camera's password is needed again.");
            }
            return Write(
                id,
                old with
                {
                    Name = request.Name is null ? old.Name : Blank(request.Name),
                    Url = request.Url ?? old.Url,
                    User = request.User is null ? old.User : Blank(request.User),
                    Password = request.Password is null ? old.Password : Blank(request.Password),
                    Transport = transport,
                    OnDemand = request.OnDemand ?? old.OnDemand,
                    // The second stream of another device would be none of this one's.
                    Sub = request.Url is null || CameraUrl.SameHost(old.Url, request.Url) ? old.Sub : null,
                }
            );
        }
    }

    public IResult? Remove(string id)
    {
        lock (settings.Changing)
        {
            return Refusal(id) ?? Try(() => settings.RemoveCamera(id));
        }
    }

    private IResult? Refusal(string id) =>
        !settings.Current.Cameras.ContainsKey(id) ? Problems.NotFound("There is no such camera.")
        : settings.IsOverridden(id) ? Problems.Conflict("This camera was given on the command line or by the environment; change it there.")
        : null;

    private IResult? Write(string id, CameraSettings camera)
    {
        foreach (var (_, reason) in SettingsRules.Camera(camera))
        {
            return Problems.BadRequest(reason);
        }
        return Try(() => settings.SetCamera(id, camera));
    }

    private IResult? Try(Action change)
    {
        try
        {
            change();
            return null;
        }
        catch (SettingsException e)
        {
            // The file was changed by hand and has a mistake: writing over it would lose someone's work.
            return Problems.Conflict(
                e.Line > 0 ? $"mumu.json has a mistake in line {e.Line}: {e.Reason} Mend it first." : $"Not saved: {e.Reason}"
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogWriteFailed(e, settings.Path);
            return Problems.Of(
                StatusCodes.Status500InternalServerError,
                "mumu.json can't be written. Is the disk full, or the file read-only?"
            );
        }
    }

    private static bool TryTransport(string? word, out CameraTransport transport)
    {
        transport = CameraTransport.Auto;
        return word is null || EnumWords.TryParse(word, out transport);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} can't be written.")]
    private partial void LogWriteFailed(Exception error, string path);
}
