// Which frames of the stream a viewer gets: all, or as many as its path carries without delay.
namespace Mumu.Media.WebRtc;

/// <summary>
/// Leaves frames out so that no frame that is sent refers to one that is not: first those that no other refers to, then the end of a group, then whole groups. Sound goes on.
/// </summary>
internal sealed class FrameChoice(WebRtcOptions options)
{
    private const double TooNarrow = 1.05; // times the stream's rate
    private const double WideAgain = 1.25;
    private static readonly TimeSpan s_leastThinning = TimeSpan.FromSeconds(5);
    private DropCounts _drops;
    private bool _isNarrow; // why key frames are awaited
    private bool _hasPicture;
    private long _resumeAt;
    private bool _isThinning;
    private TimeSpan _thinningSince;

    /// <summary>Pictures are left out up to the next key frame.</summary>
    internal bool AwaitsKeyFrame { get; private set; }

    /// <summary>What was left out so far.</summary>
    internal DropCounts Drops => _drops;

    /// <summary>Leaves pictures out up to the next key frame, at <paramref name="from"/> at the earliest.</summary>
    internal void Await(bool isNarrow = false, long from = 0) => (AwaitsKeyFrame, _isNarrow, _resumeAt) = (true, isNarrow, from);

    /// <summary>Counts frames passed over.</summary>
    internal void CountLate(long frames) => _drops = _drops with { Late = _drops.Late + frames };

    /// <summary>True if a frame is to be sent.</summary>
    internal bool Wants(PacketizedFrame frame, bool isVideo, in FeedState state)
    {
        if (!isVideo)
        {
            return _hasPicture || !AwaitsKeyFrame;
        }
        if (AwaitsKeyFrame && (!frame.IsKeyFrame || frame.Number < _resumeAt))
        {
            return LeaveOut();
        }
        if (state.IsLate(options.MaxNarrowLag))
        {
            Await(isNarrow: true);
            return LeaveOut();
        }
        if (frame.IsKeyFrame)
        {
            (AwaitsKeyFrame, _hasPicture) = (false, true);
        }
        if (IsThinning(frame, state) && frame.IsDisposable)
        {
            _drops = _drops with { NonReference = _drops.NonReference + 1 };
            return false;
        }
        return true;
    }

    // Begins at any frame, ends at a key frame: disposable pictures may refer to each other.
    private bool IsThinning(PacketizedFrame frame, in FeedState state)
    {
        if (!_isThinning && state.Limit < TooNarrow * state.StreamRate)
        {
            (_isThinning, _thinningSince) = (true, state.Now);
        }
        else if (
            _isThinning
            && frame.IsKeyFrame
            && state.Now - _thinningSince >= s_leastThinning
            && !(state.Limit < WideAgain * state.StreamRate)
        )
        {
            _isThinning = false;
        }
        return _isThinning;
    }

    private bool LeaveOut()
    {
        _drops = _isNarrow ? _drops with { Narrow = _drops.Narrow + 1 } : _drops;
        return false;
    }
}

/// <summary>How a viewer stands when it comes to a frame.</summary>
/// <param name="Limit">What its path takes, in bytes a millisecond; null without limit.</param>
/// <param name="StreamRate">What the stream has.</param>
/// <param name="Lag">How old the frame is.</param>
/// <param name="CatchesUp">True while a group is sent that is expected to be old.</param>
/// <param name="Now">The time.</param>
internal readonly record struct FeedState(double? Limit, double StreamRate, TimeSpan Lag, bool CatchesUp, TimeSpan Now)
{
    /// <summary>True if the path is the reason that a frame is this late, so that sending it would only make the next ones later.</summary>
    internal bool IsLate(TimeSpan most) => Limit is { } limit && Lag > most && !(CatchesUp && limit > 1.2 * StreamRate);
}
