// The timer of everything that is not data.
namespace Mumu.Protocols.Sctp;

/// <summary>Repeats what sets up or shuts down an association (T1 and T2 of RFC 9260), and asks a silent peer whether it lives (§8.3).</summary>
internal sealed class AssociationTimer(SctpOptions options)
{
    internal TimeSpan? Deadline { get; private set; }

    /// <summary>Timeouts since the last sign of life.</summary>
    internal int Timeouts { get; private set; }

    /// <summary>Something was sent that wants an answer.</summary>
    internal void Ask(TimeSpan now)
    {
        Timeouts = 0;
        Deadline = now + options.InitialTimeout;
    }

    /// <summary>No answer is wanted; the next question is due when the peer is silent for long.</summary>
    internal void Rest(TimeSpan now)
    {
        Timeouts = 0;
        Deadline = now + options.HeartbeatInterval;
    }

    /// <summary>True if it is time to ask again; the pause doubles each time.</summary>
    internal bool TryExpire(TimeSpan now)
    {
        if (Deadline is not { } deadline || now < deadline)
        {
            return false;
        }
        var pause = options.InitialTimeout * (1 << Math.Min(++Timeouts, 8));
        Deadline = now + (pause < options.MaxTimeout ? pause : options.MaxTimeout);
        return true;
    }

    internal void Stop() => Deadline = null;
}
