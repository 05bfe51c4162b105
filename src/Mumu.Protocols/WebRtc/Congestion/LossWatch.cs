// Tells loss that sending less would mend from loss that the path has anyway.
namespace Mumu.Protocols.WebRtc.Congestion;

/// <summary>What loss asks for.</summary>
public enum LossVerdict
{
    /// <summary>Nothing, or too little is known yet.</summary>
    None,

    /// <summary>Send less.</summary>
    Less,

    /// <summary>Sending less did not help: undo it.</summary>
    Undo,
}

/// <summary>
/// A full path without a queue to speak of loses what is too much; a bad radio loses at any rate, and repair copes with it. So high loss makes us send less, once; if as much is lost
/// then, that much belongs to the path and is borne from there on.
/// </summary>
public sealed class LossWatch
{
    /// <summary>Loss above which less is sent, to see whether that mends it.</summary>
    internal const double High = 0.1;

    private const double Low = 0.04;
    private const double Helped = 0.6; // of the loss before

    /// <summary>Packets in a window, below which a share says nothing.</summary>
    internal const int Least = 20;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(700);
    private long _packets;
    private long _lost;
    private TimeSpan _since;
    private int _lossy;
    private double _before; // the loss that an experiment is to mend; 0 while there is none
    private TimeSpan _judgeAt;

    /// <summary>Loss in the last whole window, 0–1.</summary>
    public double Fraction { get; private set; }

    /// <summary>Loss that belongs to the path, 0–1.</summary>
    public double Ambient { get; private set; }

    /// <summary>True while loss says nothing against sending more.</summary>
    /// <param name="isKnown">More went through before: then loss that is not high is none of ours.</param>
    public bool AllowsMore(bool isKnown) => Fraction <= Math.Max(isKnown ? High : Low, Bearable) && _before == 0;

    private double Bearable => Ambient > 0.01 ? (Ambient * 1.3) + 0.03 : 0;

    /// <summary>Takes what a report says of packets that it has not told of before.</summary>
    /// <param name="packets">Packets told of.</param>
    /// <param name="lost">Those of them that did not arrive; less than 0 if some came late.</param>
    /// <param name="roundTrip">How long it takes until something sent shows in reports.</param>
    /// <param name="isFree">Nothing is held back and no queue stands: loss that is not high then belongs to the path.</param>
    /// <param name="now">The time.</param>
    public LossVerdict Take(long packets, long lost, TimeSpan roundTrip, bool isFree, TimeSpan now)
    {
        _packets += packets;
        _lost += lost;
        if (now - _since < s_window || _packets < Least)
        {
            return LossVerdict.None;
        }
        Fraction = Math.Clamp((double)_lost / _packets, 0, 1);
        (_packets, _lost, _since) = (0, 0, now);
        if (_before > 0)
        {
            return now < _judgeAt ? LossVerdict.None : Judge();
        }
        Ambient = Fraction < Ambient || (isFree && Fraction <= High) ? (0.9 * Ambient) + (0.1 * Fraction) : Ambient;
        _lossy = Fraction > Math.Max(High, Bearable) ? _lossy + 1 : 0;
        if (_lossy < 2)
        {
            return LossVerdict.None;
        }
        (_before, _judgeAt) = (Fraction, now + roundTrip + s_settle);
        return LossVerdict.Less;
    }

    /// <summary>A queue has shown itself, so loss is its overflow and needs no experiment.</summary>
    internal void Excuse() => (_before, _lossy) = (0, 0);

    private LossVerdict Judge()
    {
        var helped = Fraction < Helped * _before;
        Ambient = helped ? Ambient : Fraction;
        Excuse();
        return helped ? LossVerdict.None : LossVerdict.Undo;
    }
}
