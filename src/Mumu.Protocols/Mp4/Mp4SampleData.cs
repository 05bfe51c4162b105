// What of a unit goes into a sample: all but what the initialization segment has already.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4;

/// <summary>
/// Turns units into the bytes of samples. In H.264 and H.265 access unit delimiters go, and from key frames the parameter sets, which stand in the sample entry (ISO 14496-15 §5.3.9, §8.3.2). Parameter sets within a group stay: they are not in the
/// entry. Other formats stay as they are.
/// </summary>
public static class Mp4SampleData
{
    /// <summary>Bytes of the sample; 0 where nothing is left of the unit.</summary>
    /// <param name="codec">The format.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="isKeyFrame">Decoding can start there.</param>
    public static int Measure(Codec codec, ReadOnlySpan<byte> unit, bool isKeyFrame)
    {
        var (length, at) = (0, 0);
        while (TryTake(codec, unit, isKeyFrame, ref at, out var piece))
        {
            length += piece.Length;
        }
        return length;
    }

    /// <summary>Writes the sample and returns its bytes, as <see cref="Measure"/> tells them.</summary>
    /// <param name="codec">The format.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="isKeyFrame">Decoding can start there.</param>
    /// <param name="destination">Takes the bytes; large enough.</param>
    public static int Copy(Codec codec, ReadOnlySpan<byte> unit, bool isKeyFrame, Span<byte> destination)
    {
        var (length, at) = (0, 0);
        while (TryTake(codec, unit, isKeyFrame, ref at, out var piece))
        {
            piece.CopyTo(destination[length..]);
            length += piece.Length;
        }
        return length;
    }

    /// <summary>Takes the next piece of a unit that belongs to the sample; false at the end, or where the unit's bytes make no sense.</summary>
    /// <param name="codec">The format.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="isKeyFrame">Decoding can start there.</param>
    /// <param name="at">How far the unit was read; 0 to begin.</param>
    /// <param name="piece">Bytes of the sample.</param>
    public static bool TryTake(Codec codec, ReadOnlySpan<byte> unit, bool isKeyFrame, ref int at, out ReadOnlySpan<byte> piece)
    {
        piece = unit[at..];
        if (codec is not (Codec.H264 or Codec.H265))
        {
            at = unit.Length;
            return !piece.IsEmpty;
        }
        var reader = new NalReader(piece);
        while (reader.TryRead(out var nal))
        {
            piece = unit.Slice(at, nal.Length + 4); // with its length, which stands in front of it
            at += piece.Length;
            if (!IsLeftOut(codec, nal, isKeyFrame))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsLeftOut(Codec codec, ReadOnlySpan<byte> nal, bool isKeyFrame) =>
        (isKeyFrame && NalHeader.IsParameterSet(codec, nal))
        || (
            codec == Codec.H264
                ? NalHeader.H264Type(nal) == H264NalType.AccessUnitDelimiter
                : NalHeader.H265Type(nal) == H265NalType.AccessUnitDelimiter
        );
}
