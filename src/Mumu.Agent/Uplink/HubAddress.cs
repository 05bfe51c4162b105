// The hub's address and the addresses that follow from it.
using System.Net;

namespace Mumu.Agent.Uplink;

/// <summary>A hub: <c>http(s)://host[:port][/base]</c>.</summary>
public sealed class HubAddress
{
    private readonly Uri _base;

    /// <summary>Takes an address that the settings' rules have accepted.</summary>
    public HubAddress(string url)
    {
        _base = new Uri(url.EndsWith('/') ? url : url + "/");
    }

    /// <summary>True if the hub runs on this machine, so that a viewer may too.</summary>
    public bool IsLoopback => _base.IsLoopback || (IPAddress.TryParse(_base.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>True if what passes is encrypted.</summary>
    public bool IsEncrypted => _base.Scheme == Uri.UriSchemeHttps;

    /// <summary>Where a device registers.</summary>
    public Uri Register => new(_base, "api/devices/register");

    /// <summary>The device's WebSocket.</summary>
    public Uri DeviceSocket => new UriBuilder(new Uri(_base, "ws/device")) { Scheme = IsEncrypted ? "wss" : "ws" }.Uri;

    /// <summary>
    /// Where a person types a pairing code. What the code is, and which key the device has, stands behind the '#', which browsers keep to themselves.
    /// </summary>
    public Uri PairingPage(string code, string deviceId, string fingerprint) =>
        new(_base, $"pair#code={code}&device={Uri.EscapeDataString(deviceId)}&fingerprint={Uri.EscapeDataString(fingerprint)}");

    /// <inheritdoc />
    public override string ToString() => _base.GetLeftPart(UriPartial.Path).TrimEnd('/');
}
