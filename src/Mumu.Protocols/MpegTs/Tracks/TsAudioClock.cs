// Times of audio frames, to the sample.
namespace Mumu.Protocols.MpegTs.Tracks;

/// <summary>
/// Counts samples between stamps: those of 90 kHz are rounded, so a frame whose stamp lies where the count stands keeps the count, and only one that really is elsewhere moves it.
/// </summary>
internal sealed class TsAudioClock(int rate)
{
    // Multiplexers round, and some stamp by their own clock; players hear less than this neither as gap nor as jump.
    private static readonly long Tolerance = 90 * 15;
    private long? _next;

    /// <summary>Places the next frame and moves on by its length in samples; null before the first stamp.</summary>
    /// <param name="stamp">90 kHz, for the first frame of a PES packet that has one.</param>
    /// <param name="samples">Samples of the frame.</param>
    public long? Place(long? stamp, int samples)
    {
        if (stamp is { } at)
        {
            var told = (long)((Int128)at * rate / 90_000);
            if (_next is not { } counted || Math.Abs(told - counted) > Tolerance * rate / 90_000)
            {
                _next = told;
            }
        }
        var place = _next;
        _next += samples;
        return place;
    }

    /// <summary>Begins anew at the next stamp.</summary>
    public void Reset() => _next = null;
}
