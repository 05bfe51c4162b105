// `mumu agent`: the cameras of this machine, reporting to a hub elsewhere.
using System.CommandLine;

namespace Mumu.Cli.Verbs;

internal static class AgentVerb
{
    public static Command Create() =>
        ServingVerb.Create("agent", "Run this machine's cameras, reporting to a hub (--hub ADDRESS).", runsHub: false, runsAgent: true);
}
