// Looks once a second whether mumu.json was saved.
using Microsoft.Extensions.Hosting;

namespace Mumu.Agent.Settings;

/// <summary>
/// Polls the file's time instead of asking the kernel for events: one stat a second costs nothing, sees atomic renames by editors, and works on network mounts and in containers.
/// </summary>
internal sealed class SettingsWatcher(SettingsStore store, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            store.Reload();
        }
    }
}
