// Runs a plan until Ctrl-C or SIGTERM, telling people what they need to know.
using Mumu.Agent.Identity;
using Mumu.Agent.Uplink;
using Mumu.Cli.Verbs;
using Mumu.Hub;

namespace Mumu.Cli.Hosting;

internal static class HostRunner
{
    /// <summary>Builds, starts and runs the host.</summary>
    /// <exception cref="VerbException">It could not start; the message says why.</exception>
    public static async Task RunAsync(HostPlan plan, TextWriter output, CancellationToken cancellation)
    {
        string? setupToken = null;
        if (plan.RunsHub)
        {
            var hub = HubAdministration.Open(plan.DataDirectory);
            if (plan.RunsAgent)
            {
                using var identity = DeviceIdentity.Load(plan.DataDirectory, plan.Settings.Current.Device.Id);
                await hub.SetLocalDeviceAsync(identity.DeviceId).ConfigureAwait(false);
            }
            setupToken = await hub.EnsureSetupTokenAsync().ConfigureAwait(false);
        }
        var app = ProgramHost.Build(plan);
        await using (app.ConfigureAwait(false))
        {
            if (plan is { RunsAgent: true, RunsHub: false })
            {
                SayPairing(app.Services, output);
            }
            await StartAsync(app, plan, cancellation).ConfigureAwait(false);
            Announcement.Started(output, plan, setupToken);
            await app.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static async Task StartAsync(WebApplication app, HostPlan plan, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new VerbException(
                $"{e.Message.TrimEnd('.')}. Is mumu running already? `mumu doctor` shows which port is taken; --port-offset 100 shifts them all. Data: {plan.DataDirectory}"
            );
        }
    }

    private static void SayPairing(IServiceProvider services, TextWriter output)
    {
        var pairing = services.GetRequiredService<Pairing>();
        var time = services.GetRequiredService<TimeProvider>();
        pairing.CodeIssued += ticket => Announcement.PairingCode(output, ticket, time);
        pairing.PairedWith += username => Announcement.Paired(output, username);
    }
}
