// From a sample's NAL units to those of a unit.
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4;

namespace Mumu.Media.Sources.Files;

/// <summary>Lengths of four bytes, no delimiters, parameter sets in front of key frames.</summary>
internal static class Mp4Nals
{
    /// <summary>Converts; NAL units whose lengths do not fit are left out.</summary>
    public static byte[] ToUnit(ReadOnlySpan<byte> sample, Mp4TrackInfo track, bool isKeyFrame)
    {
        var unit = new List<byte>(sample.Length + track.Configuration.Length + 64);
        var hasSets = false;
        Span<byte> head = stackalloc byte[4];
        while (sample.Length > track.NalLengthSize)
        {
            var length = 0u;
            for (var i = 0; i < track.NalLengthSize; i++)
            {
                length = length << 8 | sample[i];
            }
            sample = sample[track.NalLengthSize..];
            if (length == 0 || length > (uint)sample.Length)
            {
                break;
            }
            var nal = sample[..(int)length];
            sample = sample[(int)length..];
            if (IsDelimiter(track.Codec, nal))
            {
                continue;
            }
            hasSets |= NalHeader.IsParameterSet(track.Codec, nal);
            BinaryPrimitives.WriteUInt32BigEndian(head, length);
            unit.AddRange(head);
            unit.AddRange(nal);
        }
        return isKeyFrame && !hasSets ? [.. track.Configuration.Span, .. unit] : [.. unit];
    }

    private static bool IsDelimiter(Codec codec, ReadOnlySpan<byte> nal) =>
        codec == Codec.H264
            ? NalHeader.H264Type(nal) == H264NalType.AccessUnitDelimiter
            : NalHeader.H265Type(nal) == H265NalType.AccessUnitDelimiter;
}
