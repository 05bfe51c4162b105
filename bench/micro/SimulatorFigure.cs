// What a frame of the simulator costs, at its own pace and with everything around it.
using System.Diagnostics;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Units;

namespace Mumu.Micro;

internal sealed class SimulatorFigure : IUnitSink
{
    private int _frames;

    public static async Task<double> MeasureAsync(TimeSpan length)
    {
        var sink = new SimulatorFigure();
        var source = new SimulatorSource(new SimulatorOptions { Kbps = 2_500 });
        using var stop = new CancellationTokenSource();
        var running = source.RunAsync(sink, stop.Token);
        await Task.Delay(length).ConfigureAwait(false); // the first half is for the just-in-time compiler
        using var self = Process.GetCurrentProcess();
        var (cpu, frames) = (self.TotalProcessorTime, sink._frames);
        await Task.Delay(length).ConfigureAwait(false);
        self.Refresh();
        var figure = (self.TotalProcessorTime - cpu).TotalMicroseconds / (sink._frames - frames);
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return figure;
    }

    public void Announce(IReadOnlyList<TrackFormat> tracks) { }

    public void Publish(Unit unit)
    {
        _frames++;
        unit.Release();
    }
}
