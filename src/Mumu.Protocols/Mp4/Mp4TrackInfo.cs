// A track as an initialization segment of somebody else describes it.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4;

/// <summary>A track that was read.</summary>
/// <param name="Id">Its number within the file.</param>
/// <param name="Timescale">Ticks a second, at least 1.</param>
/// <param name="IsVideo">Pictures; else sound or anything.</param>
/// <param name="Codec">The format; <see cref="Codec.Unknown"/> where we do not know it or it is encrypted.</param>
/// <param name="Channels">Channels of audio.</param>
/// <param name="Configuration">Video: parameter sets in the form of <see cref="ParameterSets"/>, empty where the samples bear them; AAC: AudioSpecificConfig; else empty.</param>
/// <param name="NalLengthSize">H.264 and H.265: bytes of the length in front of each NAL unit of a sample, 1 to 4.</param>
public sealed record Mp4TrackInfo(
    uint Id,
    int Timescale,
    bool IsVideo,
    Codec Codec,
    int Channels,
    ReadOnlyMemory<byte> Configuration,
    int NalLengthSize
)
{
    /// <summary>What samples have where a fragment does not say otherwise.</summary>
    internal SampleDefaults Defaults { get; init; }
}

/// <summary>Defaults of samples, of <c>trex</c> or <c>tfhd</c>.</summary>
internal readonly record struct SampleDefaults(uint Duration, uint Size, uint Flags);
