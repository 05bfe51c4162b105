// What the hub does by itself: cleans up at start, watches the time, closes sockets at a stop.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Hub.Accounts;
using Mumu.Hub.Audit;
using Mumu.Hub.Presence;
using Mumu.Hub.Sessions;
using Mumu.Hub.Setup;
using Mumu.Hub.Sockets;

namespace Mumu.Hub;

/// <summary>Looks every few seconds for silent sockets and unanswered sessions, and every hour for old rows.</summary>
internal sealed partial class HubUpkeep(
    SocketRegistry registry,
    PresenceBoard presence,
    WatchSessions sessions,
    WatchSessionStore sessionStore,
    SignIns signIns,
    LocalDevice localDevice,
    PairedNotice notice,
    AuditLog audit,
    HubLimits limits,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<HubUpkeep> logger
) : BackgroundService
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pruning = TimeSpan.FromHours(1);

    private readonly PeriodicTimer timer = new(Step, time);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await presence.ResetAsync();
        await sessionStore.ResetAsync();
        await localDevice.LookAsync();
        signIns.Ended += registry.CloseSignIn;
        lifetime.ApplicationStopping.Register(registry.CloseAll);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long pruned = time.GetTimestamp();
        while (await TickAsync(stoppingToken))
        {
            try
            {
                registry.CloseSilent(time);
                await sessions.EndUnansweredAsync();
                if (await localDevice.LookAsync() is { } claimed)
                {
                    await notice.SendAsync(claimed);
                }

                if (time.GetElapsedTime(pruned) >= Pruning)
                {
                    pruned = time.GetTimestamp();
                    await audit.PruneAsync(limits.KeepHistory);
                    await sessionStore.PruneAsync(limits.KeepHistory);
                    await signIns.PruneAsync();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A full disk must not end the time-outs: the next round tries again.
                Failed(e);
            }
        }
    }

    private async Task<bool> TickAsync(CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        timer.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of the hub's upkeep failed.")]
    private partial void Failed(Exception e);
}
