// What the embedded TURN server adds to the metrics.
using Mumu.Agent.Metrics;

namespace Mumu.Cli.Hosting;

internal static class TurnMetrics
{
    private const string Refused = "What was refused or lost, by cause.";

    public static void Write(MetricsText text, TurnService turn)
    {
        var counters = turn.Counters;
        text.Gauge("mumu_turn_allocations", "Allocations that live.", turn.Allocations);
        text.Gauge("mumu_turn_connections", "Connections over TCP and TLS.", turn.Connections);
        text.Counter("mumu_turn_allocations_total", "Allocations made.", counters.Allocated);
        text.Counter("mumu_turn_relayed_datagrams_total", "Datagrams relayed.", counters.RelayedDatagrams);
        text.Counter("mumu_turn_relayed_bytes_total", "Bytes relayed.", counters.RelayedBytes);
        (string Cause, long Count)[] refused =
        [
            ("malformed", counters.Malformed),
            ("unauthenticated", counters.Unauthenticated),
            ("unanswered", counters.Unanswered),
            ("forbidden", counters.Forbidden),
            ("over_quota", counters.OverQuota),
            ("over_capacity", counters.OverCapacity),
            ("not_permitted", counters.NotPermitted),
            ("over_bandwidth", counters.OverBandwidth),
            ("dropped", counters.Dropped + turn.Lost),
            ("connection", turn.RefusedConnections),
        ];
        foreach (var (cause, count) in refused)
        {
            text.Counter("mumu_turn_refused_total", Refused, count, ("cause", cause));
        }
    }
}
