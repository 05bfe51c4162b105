// The ports the program listens on, all moved together by --port-offset.
namespace Mumu.Cli.Hosting;

/// <summary>Where each door is. People need only <see cref="Web"/>.</summary>
/// <param name="Web">Web app, hub API, signaling and the agent's local API (TCP).</param>
/// <param name="HubApi">Hub API and signaling for existing clients (TCP).</param>
/// <param name="Whep">WHEP for readers on the local network (TCP).</param>
/// <param name="WebRtc">First of the media ports (UDP), one for each loop.</param>
internal sealed record Ports(int Web, int HubApi, int Whep, int WebRtc)
{
    /// <summary>The ports of the documentation.</summary>
    public static Ports Default { get; } = new(8080, 8000, 8889, 8189);

    /// <summary>Every port shifted by <paramref name="offset"/>, so that several programs run on one machine.</summary>
    public Ports Shift(int offset) => new(Web + offset, HubApi + offset, Whep + offset, WebRtc + offset);
}
