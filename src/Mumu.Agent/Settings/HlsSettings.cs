// The HLS server in mumu.json.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>The HLS server; its port is among <see cref="PortSettings"/>. Read at start.</summary>
/// <param name="Enabled">False leaves it off.</param>
/// <param name="PartMilliseconds">The length of parts, 100–2000.</param>
/// <param name="SegmentMilliseconds">The least length of segments, 500–10000.</param>
/// <param name="IdleSeconds">How long a reader that asks for nothing counts as one, and a stream nobody reads is kept, 5–3600.</param>
public sealed record HlsSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Enabled = true,
    int PartMilliseconds = 200,
    int SegmentMilliseconds = 1000,
    int IdleSeconds = 20
)
{
    internal static IEnumerable<(string Path, string Reason)> Problems(HlsSettings hls)
    {
        if (hls.PartMilliseconds is < 100 or > 2000)
        {
            yield return ("hls.partMilliseconds", "“hls.partMilliseconds” is 100–2000.");
        }
        if (hls.SegmentMilliseconds is < 500 or > 10_000)
        {
            yield return ("hls.segmentMilliseconds", "“hls.segmentMilliseconds” is 500–10000.");
        }
        if (hls.IdleSeconds is < 5 or > 3600)
        {
            yield return ("hls.idleSeconds", "“hls.idleSeconds” is 5–3600.");
        }
    }
}
