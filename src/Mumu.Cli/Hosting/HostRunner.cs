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
        using var held = DataFolderLock.Take(plan.DataDirectory, plan.RunsHub, plan.RunsAgent);
        var setupToken = await PrepareAsync(plan).ConfigureAwait(false);
        var app = ProgramHost.Build(plan);
        await using (app.ConfigureAwait(false))
        {
            if (plan is { RunsAgent: true, RunsHub: false })
            {
                SayPairing(app.Services, output);
            }
            if (!await TryStartAsync(app, plan, cancellation).ConfigureAwait(false))
            {
                return;
            }
            Announcement.Started(output, plan, setupToken);
            await app.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Makes what has to be there before the first request; returns the set-up token while there is no owner.</summary>
    private static async Task<string?> PrepareAsync(HostPlan plan)
    {
        try
        {
            using var identity = plan.RunsAgent ? DeviceIdentity.Load(plan.DataDirectory, plan.Settings.Current.Device.Id) : null;
            if (!plan.RunsHub)
            {
                return null;
            }
            var hub = HubAdministration.Open(plan.DataDirectory);
            if (identity is not null)
            {
                await hub.SetLocalDeviceAsync(identity.DeviceId).ConfigureAwait(false);
            }
            return await hub.EnsureSetupTokenAsync().ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            throw new VerbException(e.Message); // a damaged key file; the sentence names it
        }
    }

    /// <summary>False when it was stopped before it had started.</summary>
    private static async Task<bool> TryStartAsync(WebApplication app, HostPlan plan, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
            when (cancellation.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
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
