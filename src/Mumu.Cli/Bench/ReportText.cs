// The report in words.
namespace Mumu.Cli.Bench;

internal static class ReportText
{
    internal static void Write(TextWriter output, BenchReport report)
    {
        var (viewers, traffic, times) = (report.Viewers, report.Traffic, report.Milliseconds);
        output.WriteLine($"Target         {report.Target}");
        output.WriteLine(
            $"Viewers        {viewers.Connected} of {viewers.Asked} connected, {viewers.Failed} failed, {viewers.EndedEarly} ended early"
        );
        foreach (var (sentence, count) in viewers.Failures)
        {
            output.WriteLine($"               {count} × {sentence}");
        }
        output.WriteLine($"Answer         {Text(times.Answer)}");
        output.WriteLine($"Connected      {Text(times.Connected)}");
        output.WriteLine($"First packet   {Text(times.FirstPacket)}");
        output.WriteLine($"First picture  {Text(times.FirstPicture)}");
        output.WriteLine($"First viewer   picture after {report.FirstViewer.FirstPicture:0.0} ms");
        output.WriteLine(
            $"Media          {traffic.PacketsPerSecond:0} packets/s, {traffic.BitsPerSecondPerViewer / 1e6:0.00} Mbit/s and {traffic.FramesPerSecondPerViewer:0.0} frames/s a viewer, for {traffic.WindowSeconds:0.0} s"
        );
        output.WriteLine(
            $"               {traffic.Lost} of {traffic.Packets} packets lost, {traffic.Duplicates} twice, {traffic.Reordered} out of order, {traffic.Refused} refused, {traffic.AskedAgain} asked again"
        );
        if (report.Signaling is { } signaling)
        {
            output.WriteLine($"Heartbeat      {Text(signaling.Heartbeat)}");
            output.WriteLine($"Watch ready    {Text(signaling.WatchReady)}");
            output.WriteLine($"Offer, answer  {Text(signaling.Answer)}");
        }
        if (report.Server is { } server)
        {
            output.WriteLine(
                $"Server CPU     {server.CpuPercent:0.0} % of a core, {server.NanosecondsPerPacket:0} ns a packet, {server.ConnectMillisecondsPerViewer:0.0} ms to connect a viewer"
            );
            if (server is { AddedNanosecondsPerPacket: { } added, Baseline: { } baseline })
            {
                output.WriteLine($"               {added:0} ns a packet of further viewers; {baseline.CpuPercent:0.0} % with one viewer");
            }
            output.WriteLine(
                $"Server memory  {server.Memory.ResidentAfter / 1e6:0.0} MB, {server.Memory.PrivatePerViewer / 1e3:0} KB a viewer"
            );
        }
        output.WriteLine(
            $"This program   {report.Client.CpuPercent:0.0} % of a core on {report.Client.Threads} receiving thread(s), {report.Client.NanosecondsPerPacket:0} ns a packet"
        );
        if (report.Client.IsSaturated)
        {
            output.WriteLine("               It was near its own limit: the figures may be its own. Try --threads.");
        }
        output.WriteLine($"Machine        {report.Machine.Processors} processors, load average {report.Machine.LoadAverage:0.0}");
    }

    private static string Text(Percentiles? times) => times?.ToString() ?? "–";
}
