// The fields of a path's settings: from clients' words to a camera of mumu.json and back.
using System.Text.Json;
using System.Text.Json.Nodes;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Control;

/// <summary>
/// Knows the fields that this program has; every other is refused by its name, so that nobody believes in a setting that does nothing. What clients have no word for is in the group
/// <c>mumu</c>, as in mumu.json.
/// </summary>
internal static class PathFields
{
    private const string Known = "name, source, sourceOnDemand, rtspTransport, overridePublisher, record, mumu";
    private const string Automatic = "automatic";

    public static PathConf Show(string name, CameraSettings camera)
    {
        var own = (JsonObject)JsonSerializer.SerializeToNode(camera, SettingsJson.Default.CameraSettings)!;
        own.Remove("password");
        if (camera.Url is not null)
        {
            own["url"] = CameraUrl.WithoutSecrets(camera.Url);
        }
        if (camera.Sub is not null)
        {
            own["sub"] = CameraUrl.WithoutSecrets(camera.Sub);
        }
        return new PathConf(
            name,
            CameraUrl.WithoutSecrets(camera.Url) ?? EnumWords.Of(camera.Source),
            camera.OnDemand,
            camera.Transport == CameraTransport.Auto ? Automatic : EnumWords.Of(camera.Transport),
            true,
            false,
            own
        );
    }

    /// <summary>Lays fields over a camera.</summary>
    /// <param name="name">The path's name.</param>
    /// <param name="camera">The camera as it was; a new one for a new path.</param>
    /// <param name="fields">An object of fields.</param>
    /// <exception cref="FieldException">A field is refused.</exception>
    public static CameraSettings Apply(string name, CameraSettings camera, JsonElement fields)
    {
        foreach (var field in fields.EnumerateObject())
        {
            camera = field.Name switch
            {
                "name" => Text(field) is "" or null || Text(field) == name
                    ? camera
                    : throw new FieldException(field.Name, "“name” is the name in the address; a path is not renamed."),
                "source" => Source(camera, Text(field) ?? "publisher"),
                "sourceOnDemand" => camera with { OnDemand = Flag(field) },
                "rtspTransport" => camera with { Transport = Transport(Text(field)) },
                "overridePublisher" => Only(field, true, "A new publisher always takes over from the old one.") ?? camera,
                "record" => Only(field, false, "Recording is not there yet.") ?? camera,
                "mumu" => Own(camera, field.Value),
                _ => throw new FieldException(field.Name, $"“{Shown(field.Name)}” is not a setting of paths here. Known: {Known}."),
            };
        }
        return camera;
    }

    private static CameraSettings Source(CameraSettings camera, string source)
    {
        if (source is "simulator" or "publisher")
        {
            var kind = source == "simulator" ? CameraSourceKind.Simulator : CameraSourceKind.Publisher;
            return camera with { Source = kind, Url = null, User = null, Password = null };
        }
        if (CameraUrl.Problem(source) is { } problem)
        {
            throw new FieldException("source", $"“source” is publisher, simulator or the address of a camera. {problem}");
        }
        var given = CameraUrl.SplitUserInfo(new CameraSettings(Url: source));
        if (given.User is not null || given.Password is not null)
        {
            return camera with { Source = CameraSourceKind.Rtsp, Url = given.Url, User = given.User, Password = given.Password };
        }
        // As shown by a list before, so without its secrets: nothing new.
        if (camera.Url is not null && source == CameraUrl.WithoutSecrets(camera.Url))
        {
            return camera;
        }
        // Whoever may change the address could else have the stored password sent to a host of their own.
        return camera.Password is null || CameraUrl.SameHost(camera.Url, source)
            ? camera with
            {
                Source = CameraSourceKind.Rtsp,
                Url = source,
            }
            : throw new FieldException(
                "source",
                "“source” names another host, so the camera's password is needed again: rtsp://user:password@host/…"
            );
    }

    private static CameraSettings Own(CameraSettings camera, JsonElement group)
    {
        if (group.ValueKind == JsonValueKind.Null)
        {
            return camera;
        }
        if (group.ValueKind != JsonValueKind.Object)
        {
            throw new FieldException("mumu", "“mumu” is a group in { }.");
        }
        var type = SettingsJson.Default.CameraSettings;
        var merged = (JsonObject)JsonSerializer.SerializeToNode(camera, type)!;
        foreach (var field in group.EnumerateObject())
        {
            if (!type.Properties.Any(p => p.Name == field.Name))
            {
                var known = string.Join(", ", type.Properties.Select(p => p.Name));
                throw new FieldException(field.Name, $"There is no setting “{Shown(field.Name)}” in “mumu”. Known here: {known}.");
            }
            // A list shows addresses without their secrets; sent back unchanged, they change nothing.
            var shown = field.Name switch
            {
                "url" => CameraUrl.WithoutSecrets(camera.Url),
                "sub" => CameraUrl.WithoutSecrets(camera.Sub),
                _ => null,
            };
            if (shown is null || field.Value.ValueKind != JsonValueKind.String || field.Value.GetString() != shown)
            {
                merged[field.Name] = JsonNode.Parse(field.Value.GetRawText());
            }
        }
        CameraSettings changed;
        try
        {
            changed = merged.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            throw new FieldException("mumu", $"“mumu{e.Path?.TrimStart('$')}” is not of the right kind.");
        }
        var asksAgain = group.TryGetProperty("password", out _);
        return camera.Password is null || asksAgain || changed.Url is null || CameraUrl.SameHost(camera.Url, changed.Url)
            ? changed
            : throw new FieldException("url", "“mumu.url” names another host, so the camera's password is needed again.");
    }

    private static CameraTransport Transport(string? word) =>
        word switch
        {
            Automatic or "" or null => CameraTransport.Auto,
            "tcp" => CameraTransport.Tcp,
            "udp" => CameraTransport.Udp,
            _ => throw new FieldException("rtspTransport", "“rtspTransport” is one of: automatic, tcp, udp."),
        };

    private static CameraSettings? Only(JsonProperty field, bool value, string sentence) =>
        Flag(field) == value ? null : throw new FieldException(field.Name, $"“{field.Name}” can't be changed. {sentence}");

    /// <summary>The text of a field.</summary>
    /// <exception cref="FieldException">It is no text.</exception>
    public static string? Text(JsonProperty field) =>
        field.Value.ValueKind switch
        {
            JsonValueKind.String => field.Value.GetString(),
            JsonValueKind.Null => null,
            _ => throw new FieldException(field.Name, $"“{field.Name}” is a text in quotes."),
        };

    /// <summary>The truth of a field.</summary>
    /// <exception cref="FieldException">It is neither true nor false.</exception>
    public static bool Flag(JsonProperty field) =>
        field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? field.Value.GetBoolean()
            : throw new FieldException(field.Name, $"“{field.Name}” is true or false.");

    /// <summary>A name from outside, as far as it may be shown.</summary>
    public static string Shown(string name) => name.Length <= 80 ? name : name[..80] + "…";
}
