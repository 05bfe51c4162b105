// One run: a first viewer alone, a ramp of further ones, a window in which all watch, good-bye.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Bench;

/// <summary>Runs once. A cancellation ends the current phase early and still leaves in order.</summary>
internal sealed class BenchRun(BenchOptions options, ISignaling signaling, TimeProvider time)
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);
    private readonly ConcurrentBag<ViewerRun> _runs = [];

    /// <summary>Measures.</summary>
    /// <exception cref="VerbException">The first viewer failed: there is nothing to measure.</exception>
    internal async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        var kit = await ViewerKit.CreateAsync(options, signaling.Server, time, cancellation).ConfigureAwait(false);
        await using var _ = kit.ConfigureAwait(false);
        await signaling.PrepareAsync(options.Viewers, cancellation).ConfigureAwait(false);
        var first = new ViewerRun(kit, options, signaling);
        _runs.Add(first);
        try
        {
            await first.StartAsync(cancellation).ConfigureAwait(false);
            if (first.Failure is { } failure)
            {
                throw new VerbException(failure);
            }
            var baseline = await MeasureBaselineAsync(kit, cancellation).ConfigureAwait(false);
            var beforeRamp = await SnapshotAsync(kit).ConfigureAwait(false);
            await RampAsync(kit, cancellation).ConfigureAwait(false);
            await PauseAsync(s_settle, cancellation).ConfigureAwait(false);
            using var measuring = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var roundTrips = signaling.MeasureAsync(measuring.Token);
            var begin = await SnapshotAsync(kit).ConfigureAwait(false);
            await PauseAsync(options.Window, cancellation).ConfigureAwait(false);
            var end = await SnapshotAsync(kit).ConfigureAwait(false);
            await measuring.CancelAsync().ConfigureAwait(false);
            await roundTrips.ConfigureAwait(false);
            return Report(kit, first, baseline, beforeRamp, begin, end);
        }
        finally
        {
            await Task.WhenAll(_runs.Select(run => run.LeaveAsync())).ConfigureAwait(false);
        }
    }

    private async Task<(Snapshot Begin, Snapshot End)?> MeasureBaselineAsync(ViewerKit kit, CancellationToken cancellation)
    {
        if (options.Pid is null || options.Baseline == TimeSpan.Zero || options.Viewers == 1)
        {
            return null;
        }
        await PauseAsync(s_settle, cancellation).ConfigureAwait(false);
        var begin = await SnapshotAsync(kit).ConfigureAwait(false);
        await PauseAsync(options.Baseline, cancellation).ConfigureAwait(false);
        return (begin, await SnapshotAsync(kit).ConfigureAwait(false));
    }

    private async Task RampAsync(ViewerKit kit, CancellationToken cancellation)
    {
        var starts = new List<Task>();
        var begun = time.GetElapsedTime(0);
        for (var i = 1; i < options.Viewers && !cancellation.IsCancellationRequested; i++)
        {
            // By the clock and not by pauses, so that a slow turn of ours does not stretch the ramp.
            await PauseAsync(begun + options.Ramp * i - time.GetElapsedTime(0), cancellation).ConfigureAwait(false);
            var run = new ViewerRun(kit, options, signaling);
            _runs.Add(run);
            starts.Add(run.StartAsync(cancellation));
        }
        await Task.WhenAll(starts).ConfigureAwait(false);
    }

    private async Task PauseAsync(TimeSpan length, CancellationToken cancellation)
    {
        if (length > TimeSpan.Zero)
        {
            await Task.Delay(length, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Snapshot> SnapshotAsync(ViewerKit kit)
    {
        using var self = Process.GetCurrentProcess();
        return new Snapshot(
            time.GetElapsedTime(0),
            await kit.CountAsync().ConfigureAwait(false),
            options.Pid is { } pid ? ProcessSample.Of(pid) : default,
            self.TotalProcessorTime
        );
    }

    private BenchReport Report(
        ViewerKit kit,
        ViewerRun first,
        (Snapshot Begin, Snapshot End)? baseline,
        Snapshot beforeRamp,
        Snapshot begin,
        Snapshot end
    )
    {
        var seconds = (end.At - begin.At).TotalSeconds;
        var traffic = end.Traffic - begin.Traffic;
        var watching = Math.Max(1, _runs.Count(run => run.Failure is null));
        var timed = _runs.Where(run => run.Failure is null && (run != first || options.Viewers == 1)).ToList();
        var clientCpu = (end.Client - begin.Client).TotalSeconds;
        return new BenchReport(
            signaling.Target,
            new ViewerReport(
                options.Viewers,
                _runs.Count(run => run.Failure is null),
                _runs.Count(run => run.Failure is not null),
                _runs.Count(run => run.EndedEarly is not null),
                _runs
                    .Select(run => run.Failure ?? run.EndedEarly)
                    .OfType<string>()
                    .GroupBy(sentence => sentence)
                    .ToDictionary(group => group.Key, group => group.Count())
            ),
            new TrafficReport(
                Math.Round(seconds, 3),
                traffic.Packets,
                Math.Round(traffic.Packets / seconds, 1),
                Math.Max(0, traffic.Expected - traffic.Packets),
                traffic.Duplicates,
                traffic.Reordered,
                traffic.Refused,
                traffic.Nacked,
                traffic.Frames,
                Math.Round(traffic.Frames / seconds / watching, 2),
                Math.Round(traffic.Bytes * 8 / seconds),
                Math.Round(traffic.Bytes * 8 / seconds / watching)
            ),
            new TimesReport(
                Percentiles.Of(timed.Select(run => run.AnswerMs).OfType<double>()),
                Percentiles.Of(timed.Select(run => run.ConnectedMs).OfType<double>()),
                Percentiles.Of(timed.Select(run => run.FirstPacketMs).OfType<double>()),
                Percentiles.Of(timed.Select(run => run.FirstPictureMs).OfType<double>())
            ),
            new FirstViewerReport(first.AnswerMs, first.ConnectedMs, first.FirstPacketMs, first.FirstPictureMs),
            signaling.Report,
            options.Pid is { } pid ? ServerOf(pid, baseline, beforeRamp, begin, end) : null,
            new ClientReport(
                Math.Round(clientCpu, 3),
                Math.Round(100 * clientCpu / seconds, 1),
                PerPacket(clientCpu, traffic.Packets),
                kit.Threads,
                clientCpu > 0.8 * seconds * kit.Threads
            ),
            new MachineReport(Environment.ProcessorCount, LoadAverage())
        );
    }

    private ServerReport ServerOf(
        int pid,
        (Snapshot Begin, Snapshot End)? baseline,
        in Snapshot beforeRamp,
        in Snapshot begin,
        in Snapshot end
    )
    {
        var seconds = (end.At - begin.At).TotalSeconds;
        var cpu = (end.Server.Cpu - begin.Server.Cpu).TotalSeconds;
        var packets = (end.Traffic - begin.Traffic).Packets;
        var further = Math.Max(1, _runs.Count - 1);
        double? added = null;
        BaselineReport? alone = null;
        if (baseline is var (before, after))
        {
            var span = (after.At - before.At).TotalSeconds;
            var cpuAlone = (after.Server.Cpu - before.Server.Cpu).TotalSeconds / span;
            var packetsAlone = (after.Traffic - before.Traffic).Packets / span;
            added = Math.Round((cpu / seconds - cpuAlone) / Math.Max(1, packets / seconds - packetsAlone) * 1e9);
            alone = new BaselineReport(Math.Round(100 * cpuAlone, 2), Math.Round(packetsAlone, 1));
        }
        return new ServerReport(
            pid,
            Math.Round(cpu, 2),
            Math.Round(100 * cpu / seconds, 1),
            PerPacket(cpu, packets),
            Math.Round((begin.Server.Cpu - beforeRamp.Server.Cpu).TotalMilliseconds / further, 2),
            alone,
            added,
            new MemoryReport(
                beforeRamp.Server.ResidentBytes,
                end.Server.ResidentBytes,
                beforeRamp.Server.PrivateBytes,
                end.Server.PrivateBytes,
                (end.Server.PrivateBytes - beforeRamp.Server.PrivateBytes) / further
            )
        );
    }

    private static double PerPacket(double cpuSeconds, long packets) => packets == 0 ? 0 : Math.Round(cpuSeconds / packets * 1e9);

    private static double LoadAverage() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    /// <summary>Everything that is counted, at one moment.</summary>
    private readonly record struct Snapshot(TimeSpan At, TrafficCounts Traffic, ProcessSample Server, TimeSpan Client);
}
