// What of a unit goes into a sample: all but what the initialization segment has already.
using System.Buffers.Binary;
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
        if (codec is not (Codec.H264 or Codec.H265))
        {
            return unit.Length;
        }
        var length = 0;
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            length += IsLeftOut(codec, nal, isKeyFrame) ? 0 : nal.Length + 4;
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
        if (codec is not (Codec.H264 or Codec.H265))
        {
            unit.CopyTo(destination);
            return unit.Length;
        }
        var length = 0;
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            if (!IsLeftOut(codec, nal, isKeyFrame))
            {
                BinaryPrimitives.WriteInt32BigEndian(destination[length..], nal.Length);
                nal.CopyTo(destination[(length + 4)..]);
                length += nal.Length + 4;
            }
        }
        return length;
    }

    private static bool IsLeftOut(Codec codec, ReadOnlySpan<byte> nal, bool isKeyFrame) =>
        (isKeyFrame && NalHeader.IsParameterSet(codec, nal))
        || (
            codec == Codec.H264
                ? NalHeader.H264Type(nal) == H264NalType.AccessUnitDelimiter
                : NalHeader.H265Type(nal) == H265NalType.AccessUnitDelimiter
        );
}
