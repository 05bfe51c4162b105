// Where a camera's stream is sent on to, in mumu.json.
using Mumu.Protocols.Rtmp;

namespace Mumu.Agent.Settings;

/// <summary>A target that a path is forwarded to.</summary>
/// <param name="Url"><c>rtmp://</c> or <c>rtmps://</c>, <c>rtsp://</c> or <c>rtsps://</c>, <c>whip://</c> or <c>whips://</c> (HTTP and HTTPS); with its credentials, so never to be logged or shown.</param>
public sealed record ForwardSettings(string? Url = null)
{
    /// <summary>The most targets of a path.</summary>
    public const int Most = 8;

    private static readonly string[] s_schemes = ["rtmp", "rtmps", "rtsp", "rtsps", "whip", "whips"];

    /// <summary>The address without credentials and query.</summary>
    public override string ToString() => Shown(Url);

    /// <summary>The address as it may be shown: a stream key often is the last segment of RTMP's path, so of that only the host stays.</summary>
    public static string Shown(string? url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var uri) ? ""
        : CameraUrl.IsRtmp(url) ? $"{uri.Scheme}://{uri.Authority}/…"
        : CameraUrl.WithoutSecrets(url) ?? "";

    /// <summary>Rules of a camera's targets; the path is within the camera.</summary>
    internal static IEnumerable<(string Path, string Reason)> Problems(IReadOnlyList<ForwardSettings> targets)
    {
        if (targets.Count > Most)
        {
            yield return ("forward", $"A path is forwarded to at most {Most} targets.");
        }
        for (var i = 0; i < targets.Count; i++)
        {
            if (ProblemOf(targets[i]?.Url) is { } reason)
            {
                yield return ($"forward[{i}].url", reason);
            }
            else if (targets.Take(i).Any(other => other?.Url == targets[i].Url))
            {
                yield return ($"forward[{i}].url", "This target is there twice.");
            }
        }
    }

    private static string? ProblemOf(string? url)
    {
        if (
            url is not { Length: > 0 and <= CameraUrl.MaxLength }
            || url.Any(c => char.IsControl(c) || c == ' ')
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || !s_schemes.Contains(uri.Scheme)
            || uri.Host.Length == 0
        )
        {
            return "A target is written rtmp://host/app/stream, rtsp://host/path or whip://host/path/whip; rtmps, rtsps and whips are encrypted.";
        }
        return CameraUrl.IsRtmp(url) && !RtmpAddress.TryParse(uri, out _) ? "A target of RTMP has a path: rtmp://host/app/stream." : null;
    }
}
