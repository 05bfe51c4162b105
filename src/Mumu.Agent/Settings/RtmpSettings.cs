// The RTMP server in mumu.json.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>The RTMP server; its ports are among <see cref="PortSettings"/>. Read at start.</summary>
/// <param name="Enabled">False leaves it off.</param>
/// <param name="Certificate">A PEM file with the certificate of RTMPS; null leaves RTMPS off.</param>
/// <param name="Key">A PEM file with its private key; null if it is in the same file.</param>
public sealed record RtmpSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Enabled = true,
    string? Certificate = null,
    string? Key = null
)
{
    internal static IEnumerable<(string Path, string Reason)> Problems(RtmpSettings rtmp)
    {
        if (rtmp is { Certificate: null, Key: not null })
        {
            yield return ("rtmp.key", "“rtmp.key” goes with “rtmp.certificate”.");
        }
    }
}
