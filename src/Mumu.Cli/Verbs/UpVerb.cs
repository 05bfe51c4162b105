// `mumu up`: hub, agent and web app in one process.
using System.CommandLine;

namespace Mumu.Cli.Verbs;

internal static class UpVerb
{
    public static Command Create() =>
        ServingVerb.Create("up", "Run everything on this machine: hub, cameras and the web app.", runsHub: true, runsAgent: true);
}
