// `mumu hub`: accounts, devices, signaling and the web app, without cameras.
using System.CommandLine;

namespace Mumu.Cli.Verbs;

internal static class HubVerb
{
    public static Command Create() =>
        ServingVerb.Create("hub", "Run the hub alone: accounts, devices, signaling and the web app.", runsHub: true, runsAgent: false);
}
