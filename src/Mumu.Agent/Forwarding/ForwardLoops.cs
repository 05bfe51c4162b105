// Whether a target leads back to this program.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Forwarding;

/// <summary>
/// Refuses to forward a path to itself, or to a path of this program that is forwarded, too: what comes in would go out again without end. Another path of this program is a target like any.
/// </summary>
internal static class ForwardLoops
{
    /// <summary>A sentence if the target makes a loop; null if not, and where its host is not known now, which connecting will tell.</summary>
    internal static async Task<string?> FindAsync(Uri target, string path, MumuSettings settings, CancellationToken cancellation)
    {
        int[] ports = target.Scheme switch
        {
            "rtmp" or "rtmps" => [settings.Ports.Rtmp, settings.Ports.Rtmps],
            "rtsp" or "rtsps" => [settings.Ports.Rtsp, settings.Ports.Rtsps],
            _ => [settings.Ports.Whep, settings.Ports.Web],
        };
        var usual = target.Scheme switch
        {
            "rtmp" => 1935,
            "rtsp" => 554,
            "rtsps" => 322,
            "whip" => 80,
            _ => 443,
        };
        var port = target.Port > 0 ? target.Port : usual;
        if (!ports.Contains(port) || !await IsHereAsync(target.DnsSafeHost, cancellation).ConfigureAwait(false))
        {
            return null;
        }
        var name = Uri.UnescapeDataString(target.AbsolutePath).Trim('/');
        if (target.Scheme is "whip" or "whips" && name.EndsWith("/whip", StringComparison.Ordinal))
        {
            name = name[..^5];
        }
        if (name == path)
        {
            return "The target is this path itself.";
        }
        return settings.Cameras.TryGetValue(name, out var camera) && camera.Forward is { Count: > 0 }
            ? "The target is a path of this program that is forwarded, too."
            : null;
    }

    private static async Task<bool> IsHereAsync(string host, CancellationToken cancellation)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
            var own = NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(n => n.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .ToHashSet();
            return addresses.Any(a => IPAddress.IsLoopback(a) || a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any) || own.Contains(a));
        }
        catch (Exception e) when (e is SocketException or ArgumentException or NetworkInformationException)
        {
            return false;
        }
    }
}
