// Why a connection to the hub could not be made or ended.
namespace Mumu.Agent.Uplink;

/// <summary>The end of one attempt, with a sentence for people.</summary>
/// <param name="message">The sentence.</param>
/// <param name="retryAfter">The shortest wait that makes sense; zero where the usual one does.</param>
/// <param name="mustRegister">True if the hub does not know the device (any more).</param>
/// <param name="inner">What was thrown beneath.</param>
internal sealed class UplinkException(string message, TimeSpan retryAfter = default, bool mustRegister = false, Exception? inner = null)
    : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter;

    public bool MustRegister { get; } = mustRegister;
}
