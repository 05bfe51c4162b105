// What one process runs and where it listens.
using System.Net;
using Mumu.Agent.Settings;

namespace Mumu.Cli.Hosting;

/// <summary>The parts a verb asked for.</summary>
/// <param name="DataDirectory">Where everything is kept.</param>
/// <param name="Bind">The address to listen on; null is all.</param>
/// <param name="Settings">The settings, opened from the data directory.</param>
/// <param name="RunsHub">Accounts, devices, signaling and the web app.</param>
/// <param name="RunsAgent">Cameras and the media engine.</param>
internal sealed record HostPlan(string DataDirectory, IPAddress? Bind, SettingsStore Settings, bool RunsHub, bool RunsAgent)
{
    /// <summary>Where to listen.</summary>
    public Ports Ports { get; } = Ports.Of(Settings.Current);

    /// <summary>The embedded TURN server runs, too: with a hub whose settings neither switch it off nor name another.</summary>
    public bool RunsTurn => RunsHub && Settings.Current is { Turn.Enabled: true, Hub.Turn: null };

    /// <summary>The address by which this process reaches its own web port.</summary>
    public Uri LocalWeb
    {
        get
        {
            var host = Bind is null || Bind.Equals(IPAddress.Any) || Bind.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : Bind;
            return new UriBuilder("http", host.ToString(), Ports.Web).Uri;
        }
    }

    /// <summary>The address people open: the public one where the settings name it.</summary>
    public string WebForPeople =>
        Settings.Current.Hub.PublicUrl?.TrimEnd('/')
        ?? (Bind is null || IPAddress.IsLoopback(Bind) ? $"http://localhost:{Ports.Web}" : $"http://{LocalWeb.Authority}");
}
