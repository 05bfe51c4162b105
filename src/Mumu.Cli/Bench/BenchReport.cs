// What a bench run found, as it goes to standard output.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Cli.Bench;

/// <summary>The report. Times in milliseconds count from the viewer's request: the POST of WHEP, the watch_request of a hub.</summary>
internal sealed record BenchReport(
    string Target,
    ViewerReport Viewers,
    TrafficReport Traffic,
    TimesReport Milliseconds,
    FirstViewerReport FirstViewer,
    SignalingReport? Signaling,
    ServerReport? Server,
    ClientReport Client,
    MachineReport Machine
);

/// <summary>What became of the viewers; failures by their reason.</summary>
internal sealed record ViewerReport(int Asked, int Connected, int Failed, int EndedEarly, IReadOnlyDictionary<string, int> Failures);

/// <summary>Media of the window in which all watched. Bits are those of UDP payloads.</summary>
internal sealed record TrafficReport(
    double WindowSeconds,
    long Packets,
    double PacketsPerSecond,
    long Lost,
    long Duplicates,
    long Reordered,
    long Refused,
    long AskedAgain,
    long Frames,
    double FramesPerSecondPerViewer,
    double BitsPerSecond,
    double BitsPerSecondPerViewer
);

/// <summary>How long viewers waited; the first viewer is not among them unless it is the only one.</summary>
internal sealed record TimesReport(Percentiles? Answer, Percentiles? Connected, Percentiles? FirstPacket, Percentiles? FirstPicture);

/// <summary>The waits of the first viewer, which may have found the stream cold.</summary>
internal sealed record FirstViewerReport(double? Answer, double? Connected, double? FirstPacket, double? FirstPicture);

/// <summary>Round trips to a hub, in milliseconds.</summary>
internal sealed record SignalingReport(Percentiles? Heartbeat, Percentiles? WatchReady, Percentiles? Answer);

/// <summary>What the server's process used.</summary>
/// <param name="Pid">The process.</param>
/// <param name="CpuSeconds">In the window.</param>
/// <param name="CpuPercent">Of one core.</param>
/// <param name="NanosecondsPerPacket">All its CPU time in the window by the packets that arrived.</param>
/// <param name="ConnectMillisecondsPerViewer">CPU time of the ramp by the viewers in it: handshakes, first pictures and the media meanwhile.</param>
/// <param name="Baseline">With the first viewer alone.</param>
/// <param name="AddedNanosecondsPerPacket">The same with the baseline's CPU time and packets taken off: what further viewers cost.</param>
/// <param name="Memory">Its memory.</param>
internal sealed record ServerReport(
    int Pid,
    double CpuSeconds,
    double CpuPercent,
    double NanosecondsPerPacket,
    double ConnectMillisecondsPerViewer,
    BaselineReport? Baseline,
    double? AddedNanosecondsPerPacket,
    MemoryReport Memory
);

/// <summary>The server with one viewer.</summary>
internal sealed record BaselineReport(double CpuPercent, double PacketsPerSecond);

/// <summary>The server's memory before the ramp, with the first viewer, and after the window, in bytes.</summary>
internal sealed record MemoryReport(long ResidentBefore, long ResidentAfter, long PrivateBefore, long PrivateAfter, long PrivatePerViewer);

/// <summary>What the load generator itself used in the window.</summary>
internal sealed record ClientReport(double CpuSeconds, double CpuPercent, double NanosecondsPerPacket, int Threads, bool IsSaturated);

/// <summary>What else weighs on the figures.</summary>
internal sealed record MachineReport(int Processors, double LoadAverage);

/// <summary>JSON of the report: snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext
{
    private static BenchJson? s_plain;

    /// <summary>Leaves quotes and umlauts of sentences readable.</summary>
    internal static BenchJson Plain =>
        s_plain ??= new BenchJson(
            new JsonSerializerOptions(Default.Options) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
}
