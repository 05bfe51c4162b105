// A track of a transport stream, as its reader needs it.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.MpegTs;

/// <summary>A track.</summary>
/// <param name="Pid">Its PID.</param>
/// <param name="Codec">H.264, H.265, AAC or Opus.</param>
/// <param name="ClockRate">Ticks a second of its units' times: 90000 for video, the sample rate for AAC, 48000 for Opus.</param>
/// <param name="Channels">Audio channels, 0 for video.</param>
/// <param name="Configuration">Video: <see cref="ParameterSets"/>; AAC: AudioSpecificConfig; else empty.</param>
public sealed record TsTrack(int Pid, Codec Codec, int ClockRate, int Channels, ReadOnlyMemory<byte> Configuration)
{
    /// <summary>True for pictures.</summary>
    public bool IsVideo => Codec is Codec.H264 or Codec.H265;
}

/// <summary>What a demultiplexer gives: new tracks, or a unit.</summary>
public readonly ref struct TsEvent
{
    /// <summary>The tracks that all units from here on belong to; null for a unit.</summary>
    public IReadOnlyList<TsTrack>? Tracks { get; init; }

    /// <summary>Index of the unit's track.</summary>
    public int Track { get; init; }

    /// <summary>
    /// Presentation time in ticks of the track's clock on a line that never wraps, the same line for all tracks. It begins where the stream's own stamps stood.
    /// </summary>
    public long Timestamp { get; init; }

    /// <summary>Decoding time on the same line; differs where pictures are reordered.</summary>
    public long DecodeTimestamp { get; init; }

    /// <summary>True where decoding can start.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>
    /// The access unit, valid until the next call: H.264 and H.265 as NAL units behind lengths of four bytes, a key frame with its parameter sets in front; AAC and Opus as one raw frame.
    /// </summary>
    public ReadOnlySpan<byte> Data { get; init; }
}

/// <summary>What was wrong with a transport stream so far.</summary>
/// <param name="Lost">Gaps in continuity counters.</param>
/// <param name="SyncLosses">How often packets had to be found again.</param>
/// <param name="Malformed">Packets, sections, PES packets and frames whose bytes made no sense.</param>
/// <param name="Scrambled">Packets whose payload is encrypted.</param>
/// <param name="Dropped">Units dropped for being damaged, or for following damaged ones.</param>
/// <param name="Jumps">Jumps of the clock that were bridged.</param>
public readonly record struct TsCounters(long Lost, long SyncLosses, long Malformed, long Scrambled, long Dropped, int Jumps);
