// What a source says of one of its tracks before the first unit.
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Units;

/// <summary>Whether a track is seen or heard.</summary>
public enum MediaKind
{
    /// <summary>Pictures.</summary>
    Video,

    /// <summary>Sound.</summary>
    Audio,
}

/// <summary>The format of one track. Immutable: a source whose format changes announces new formats.</summary>
/// <param name="Kind">Video or audio.</param>
/// <param name="Codec">The compressed format.</param>
/// <param name="ClockRate">Ticks a second of the unit timestamps: 90000 for video, the RTP clock for audio.</param>
/// <param name="Channels">Audio channels, 0 for video.</param>
/// <param name="Configuration">
/// Video: what a key frame says of the format, see <see cref="ParameterSets"/>, may be empty before the first; AAC: AudioSpecificConfig; else empty.
/// </param>
public sealed record TrackFormat(MediaKind Kind, Codec Codec, int ClockRate, int Channels, ReadOnlyMemory<byte> Configuration);
