// The retransmission timeout.
namespace Mumu.Protocols.Sctp.Sending;

/// <summary>Smoothed round trip and the timeout that follows from it (RFC 9260 §6.3.1), with its doubling.</summary>
internal sealed class RoundTripTimer(SctpOptions options)
{
    private TimeSpan _computed = options.InitialTimeout;
    private TimeSpan _variation;
    private int _doublings;

    /// <summary>Null before the first measurement.</summary>
    internal TimeSpan? Smoothed { get; private set; }

    /// <summary>How long to wait now.</summary>
    internal TimeSpan Timeout
    {
        get
        {
            var timeout = _computed * (1 << _doublings);
            return timeout < options.MaxTimeout ? timeout : options.MaxTimeout;
        }
    }

    internal void Measure(TimeSpan roundTrip)
    {
        if (Smoothed is { } smoothed)
        {
            _variation = _variation * 0.75 + (smoothed - roundTrip).Duration() * 0.25;
            Smoothed = smoothed * 0.875 + roundTrip * 0.125;
        }
        else
        {
            (Smoothed, _variation) = (roundTrip, roundTrip / 2);
        }
        var timeout = Smoothed.Value + _variation * 4;
        _computed = timeout > options.MinTimeout ? timeout : options.MinTimeout;
        _doublings = 0;
    }

    internal void BackOff() => _doublings = Math.Min(_doublings + 1, 8);

    /// <summary>Something new was acknowledged, so the path works.</summary>
    internal void Recover() => _doublings = 0;
}
