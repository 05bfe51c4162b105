// The SSRCs of a direction that have proved themselves, each with its replay window.
namespace Mumu.Protocols.Srtp;

/// <summary>A bounded table of windows by SSRC. A peer has a handful, so the search is linear and begins with the one that came last.</summary>
internal sealed class SrtpSources
{
    private (uint Ssrc, ReplayWindow Window)[] _sources = [];
    private int _last;

    /// <summary>True when no further source is taken.</summary>
    public bool IsFull => _sources.Length >= SrtpReceiver.MaxSources;

    /// <summary>The window of an SSRC, or null if it is new.</summary>
    public ReplayWindow? Find(uint ssrc)
    {
        var sources = _sources;
        if ((uint)_last < (uint)sources.Length && sources[_last].Ssrc == ssrc)
            return sources[_last].Window;
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i].Ssrc == ssrc)
            {
                _last = i;
                return sources[i].Window;
            }
        }
        return null;
    }

    /// <summary>Adds a source at its first authentic packet; the caller looked at <see cref="IsFull" />.</summary>
    public void Add(uint ssrc, ulong index)
    {
        Array.Resize(ref _sources, _sources.Length + 1);
        _last = _sources.Length - 1;
        _sources[_last] = (ssrc, new ReplayWindow(index));
    }
}
