// The executable `mumu`: one verb a file, put together here.
using System.CommandLine;
using System.Data.Common;
using Mumu.Agent.Settings;
using Mumu.Cli.Verbs;
using Mumu.Hub;

var root = new RootCommand("MuMu Camera: turns any computer with cameras into a private camera network.")
{
    UpVerb.Create(),
    HubVerb.Create(),
    AgentVerb.Create(),
    TurnVerb.Create(),
    UserVerb.Create(),
    TokenVerb.Create(),
    KeyVerb.Create(),
    BenchVerb.Create(),
    DoctorVerb.Create(),
};
try
{
    // The host listens to Ctrl-C and SIGTERM itself; short verbs simply end.
    return await root.Parse(args)
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
        .ConfigureAwait(false);
}
catch (Exception e) when (e is VerbException or SettingsException or HubAdministrationException)
{
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or DbException)
{
    await Console
        .Error.WriteLineAsync($"{e.Message.TrimEnd('.')}. Can the data folder be read and written? See `mumu doctor`.")
        .ConfigureAwait(false);
    return 1;
}
