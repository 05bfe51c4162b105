// Metrics of our own: the media engine, the streams, the process.
using System.Diagnostics;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Metrics;

/// <summary>Writes them, under <c>mumu_</c>, and the process's under the names every Prometheus client uses.</summary>
internal static class EngineMetrics
{
    public static void Engine(MetricsText text, WebRtcStatistics s)
    {
        text.Gauge("mumu_webrtc_viewers", "Sessions of the WebRTC engine.", s.Viewers);
        text.Counter("mumu_webrtc_packets_sent_total", "Datagrams sent.", s.Packets);
        text.Counter("mumu_webrtc_bytes_sent_total", "Bytes sent, without IP and UDP headers.", s.Bytes);
        text.Counter("mumu_webrtc_packets_received_total", "Datagrams received.", s.Received);
        text.Counter(
            "mumu_webrtc_segmented_sends_total",
            "Messages of several datagrams that left in one piece (UDP GSO).",
            s.SegmentedSends
        );
        text.Counter("mumu_webrtc_retransmits_total", "RTP packets sent again for a NACK.", s.Retransmits);
        text.Counter("mumu_webrtc_nacks_total", "Packets asked for again.", s.Nacks);
        text.Counter("mumu_webrtc_key_frame_requests_total", "PLI and FIR received.", s.KeyFrameRequests);
        const string dropped = "Frames left out for viewers, by cause.";
        text.Counter("mumu_webrtc_frames_dropped_total", dropped, s.Drops.NonReference, ("cause", "non_reference"));
        text.Counter("mumu_webrtc_frames_dropped_total", dropped, s.Drops.Narrow, ("cause", "narrow"));
        text.Counter("mumu_webrtc_frames_dropped_total", dropped, s.Drops.Late, ("cause", "late"));
        text.Counter("mumu_webrtc_send_blocks_total", "Times a socket was full.", s.SendBlocks);
        text.Counter("mumu_webrtc_send_errors_total", "Messages the kernel refused.", s.SendErrors);
        text.Counter("mumu_webrtc_strays_total", "Datagrams that belonged to no session.", s.Strays);
    }

    public static void Streams(MetricsText text, IReadOnlyList<PathStatus> paths)
    {
        foreach (var path in paths)
        {
            var (s, name) = (path.Statistics, ("name", path.Name));
            text.Counter("mumu_stream_units_total", "Pictures and audio frames the stream carried.", s.Units, name);
            text.Counter("mumu_stream_key_frames_total", "Key frames the stream carried.", s.KeyFrames, name);
            text.Counter("mumu_stream_source_failures_total", "How often the source failed.", s.Failures, name);
            text.Gauge("mumu_stream_frames_per_second", "Pictures a second, over about two seconds.", s.FramesPerSecond, name);
            text.Gauge("mumu_stream_bits_per_second", "Bits a second, over about two seconds.", s.BitsPerSecond, name);
            text.Gauge("mumu_stream_group_bytes", "Bytes of the group of pictures that is kept for new readers.", s.GroupBytes, name);
        }
    }

    public static void Program(MetricsText text, string version, DateTimeOffset started, Access access)
    {
        text.Gauge("mumu_info", "The program's version.", 1, ("version", version));
        text.Counter("mumu_wrong_keys_total", "Requests with a key or password that was refused.", access.Wrong);
        using var process = Process.GetCurrentProcess();
        text.Gauge(
            "process_start_time_seconds",
            "When the program began, in seconds of Unix time.",
            started.ToUnixTimeMilliseconds() / 1000.0
        );
        text.Counter("process_cpu_seconds_total", "Processor time used.", process.TotalProcessorTime.TotalSeconds);
        text.Gauge("process_resident_memory_bytes", "Memory in use.", process.WorkingSet64);
        text.Gauge("process_threads", "Threads.", process.Threads.Count);
        text.Gauge("mumu_managed_memory_bytes", "Memory of managed objects.", GC.GetTotalMemory(forceFullCollection: false));
    }
}
