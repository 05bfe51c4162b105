// One sample of a fragment, without its bytes.
namespace Mumu.Protocols.Mp4;

/// <summary>A picture or an audio frame in a fragment.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Duration">Time to the next sample's decoding, in ticks of the track.</param>
/// <param name="CompositionOffset">Presentation time less decoding time, in ticks of the track.</param>
/// <param name="IsSync">Decoding can start here.</param>
public readonly record struct Mp4Sample(int Length, uint Duration, int CompositionOffset, bool IsSync);
