// How much a viewer's path takes, judged by when packets arrive and which do not.
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc.Congestion;

/// <summary>
/// A rate limit for one viewer by transport-wide feedback. There is none until the path shows that it has one: a queue that stands (<see cref="ArrivalBuckets"/>), or loss that less would mend
/// (<see cref="LossWatch"/>). Then the limit is a little less than what arrived meanwhile, and grows again while no queue builds up, as far as what arrives bears it out.
/// Sans-IO; used by one thread. Nothing is allocated after the making.
/// </summary>
internal sealed class PathEstimate
{
    private const double StandingQueue = 60; // ms
    private const int Standing = 3; // tenths of a second; a busy machine brings about two
    private const double LongQueue = 150; // ms
    private const double ShortQueue = 15; // ms
    private const double Decrease = 0.85;
    private const double DecreaseToDrain = 0.6;
    private const double Headroom = 1.5; // over what has arrived
    private const int LongTime = 60; // tenths of a second
    private const double Least = 10; // bytes a millisecond: 80 kbit/s
    private static readonly TimeSpan s_steady = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestSteady = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_firstRoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly SendHistory _history = new();
    private readonly ArrivalBuckets _arrivals = new();
    private readonly LossWatch _loss = new();
    private double? _beforeExperiment;
    private double _capacity; // what went through when a queue stood last; 0 for unknown
    private int _standing;
    private uint _lastMessage = uint.MaxValue;
    private TimeSpan _holdUntil;
    private TimeSpan _trouble;
    private TimeSpan _grownAt;
    private TimeSpan _freedAt;
    private TimeSpan _steady = s_steady;
    private TimeSpan? _silentSince; // since when packets went out without feedback
    private double? _beforeSilence; // the limit that a silence has lowered
    private long _toldOfSilence;
    private long _lostInSilence;

    /// <summary>The most bytes a millisecond; null while the path has shown no limit.</summary>
    internal double? Limit { get; private set; }

    /// <summary>True once feedback has come.</summary>
    internal bool IsProven { get; private set; }

    /// <summary>The queue on the path at the last look.</summary>
    internal TimeSpan Queue => TimeSpan.FromMilliseconds(Math.Max(0, _arrivals.Queue));

    /// <summary>Loss before repair in the last half second, 0–1.</summary>
    internal double Loss => _loss.Fraction;

    /// <summary>Notes the packets of one message and returns the transport-wide number of the first.</summary>
    internal ushort NoteSent(int packets, int bytesEach, int lastBytes, TimeSpan now)
    {
        _silentSince ??= now;
        if (IsProven && now - _silentSince > s_silence)
        {
            // Nothing was heard for long: less than half of it goes out until something is.
            _silentSince = now;
            _beforeSilence ??= Limit ?? double.MaxValue;
            Limit = Math.Max(Least, (Limit ?? _arrivals.Peak(LongTime)) / 2);
            _trouble = now;
        }
        return _history.Add(packets, bytesEach, lastBytes, now);
    }

    /// <summary>Takes a feedback message.</summary>
    internal void Take(in TransportFeedback feedback, TimeSpan? roundTrip, TimeSpan now)
    {
        if (_history.IsEmpty)
        {
            return;
        }
        IsProven = true;
        _silentSince = null;
        var trip = roundTrip ?? s_firstRoundTrip;
        long packets = 0;
        long lost = 0;
        foreach (var entry in feedback)
        {
            var news = _history.Tell(entry.Sequence.Value, entry.Arrival is not null, now, out var sent);
            packets += news is PacketNews.Missing or PacketNews.Arrived ? 1 : 0;
            lost += news switch
            {
                PacketNews.Missing => 1,
                PacketNews.ArrivedLate => -1,
                _ => 0,
            };
            if (entry.Arrival is not { } arrival || news == PacketNews.None)
            {
                continue;
            }
            var at = arrival.TotalMilliseconds;
            var isFirst = sent.Message != _lastMessage;
            _lastMessage = sent.Message;
            if (_arrivals.Take(at, isFirst ? at - now.TotalMilliseconds + sent.Age : null, sent.Bytes))
            {
                LookAtQueue(trip, now);
            }
        }
        LookBack(packets, lost);
        LookAtLoss(_loss.Take(packets, lost, trip, isFree: Limit is null && _arrivals.Queue <= ShortQueue, now), trip, now);
        Grow(now);
    }

    // A silence behind which the packets arrived was the feedback's own: a busy machine, not a dead path.
    private void LookBack(long packets, long lost)
    {
        if (_beforeSilence is not { } before)
        {
            return;
        }
        (_toldOfSilence, _lostInSilence) = (_toldOfSilence + packets, _lostInSilence + lost);
        if (_toldOfSilence < LossWatch.Least)
        {
            return;
        }
        if (_lostInSilence <= _toldOfSilence * LossWatch.High)
        {
            Limit = before == double.MaxValue ? null : before;
        }
        ForgetSilence();
    }

    private void ForgetSilence() => (_beforeSilence, _toldOfSilence, _lostInSilence) = (null, 0, 0);

    /// <summary>The viewer is reached another way now.</summary>
    internal void ChangePath()
    {
        _arrivals.Clear();
        (Limit, _beforeExperiment, _capacity, _standing) = (null, null, 0, 0);
        ForgetSilence();
    }

    private void LookAtQueue(TimeSpan trip, TimeSpan now)
    {
        var isDraining = _arrivals.Queue < 0.9 * _arrivals.QueueBefore;
        _standing = _arrivals.Queue > StandingQueue && !isDraining ? _standing + 1 : 0;
        if (_standing < Standing)
        {
            return;
        }
        _trouble = now;
        _loss.Excuse();
        _beforeExperiment = null;
        if (now < _holdUntil)
        {
            return;
        }
        // While a queue stands the path is busy, so what arrives is what it takes.
        _capacity = _arrivals.Peak(6);
        Lower(_capacity * (_arrivals.Queue > LongQueue ? DecreaseToDrain : Decrease), trip, now);
    }

    private void LookAtLoss(LossVerdict verdict, TimeSpan trip, TimeSpan now)
    {
        switch (verdict)
        {
            case LossVerdict.Less when now >= _holdUntil:
                _trouble = now;
                _beforeExperiment = Limit ?? double.MaxValue;
                _capacity = _arrivals.Peak(10);
                Lower(_capacity * Decrease, trip, now);
                break;
            case LossVerdict.Less:
                _loss.Excuse();
                break;
            case LossVerdict.Undo when _beforeExperiment is { } before:
                Limit = before == double.MaxValue ? null : before;
                break;
        }
    }

    private void Lower(double rate, TimeSpan trip, TimeSpan now)
    {
        if (now - _freedAt < _steady && _freedAt > TimeSpan.Zero && Limit is null)
        {
            _steady = TimeSpan.FromTicks(Math.Min(s_longestSteady.Ticks, _steady.Ticks * 2));
        }
        Limit = Math.Max(Least, Math.Min(Limit ?? double.MaxValue, rate));
        ForgetSilence();
        _holdUntil = now + trip + TimeSpan.FromMilliseconds(3 * ArrivalBuckets.Width);
        _grownAt = now;
    }

    private void Grow(TimeSpan now)
    {
        var seconds = Math.Min(1, (now - _grownAt).TotalSeconds);
        _grownAt = now;
        if (
            Limit is not { } limit
            || now < _holdUntil
            || _arrivals.Queue > ShortQueue
            || !_loss.AllowsMore(isKnown: limit < 0.8 * _capacity)
        )
        {
            return;
        }
        var most = _arrivals.Peak(LongTime) * Headroom;
        if (now - _trouble > _steady && limit >= most)
        {
            (Limit, _freedAt) = (null, now); // Long without trouble, and not in use: as good as none.
            return;
        }
        // Quickly where the path took more before, carefully where it is said to end.
        var aSecond =
            limit < 0.8 * _capacity ? 0.5
            : limit < 1.2 * _capacity ? 0.15
            : 0.35;
        Limit = Math.Max(limit, Math.Min(limit * (1 + aSecond * seconds), most));
    }
}
