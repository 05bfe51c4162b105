// Finds the parameter sets of a video stream and what they say of the picture.
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>Works on parameter sets (VPS, SPS, PPS) as length-prefixed NAL units.</summary>
public static class ParameterSets
{
    /// <summary>The most bytes of parameter sets that are believed; real ones have under 200.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// Copies the parameter sets of an access unit, each with its length, into <paramref name="destination"/> (<see cref="MaxLength"/> bytes always do) and returns the bytes;
    /// 0 where there are none, or more than it holds. No allocation.
    /// </summary>
    public static int Collect(Codec codec, ReadOnlySpan<byte> unit, Span<byte> destination)
    {
        var at = 0;
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            if (!NalHeader.IsParameterSet(codec, nal))
            {
                continue;
            }
            if (nal.Length + 4 > destination.Length - at)
            {
                return 0;
            }
            BinaryPrimitives.WriteInt32BigEndian(destination[at..], nal.Length);
            nal.CopyTo(destination[(at + 4)..]);
            at += 4 + nal.Length;
        }
        return at;
    }

    /// <summary>Finds the first SPS among length-prefixed NAL units and reads the size of the picture, in pixels.</summary>
    public static bool TryGetSize(Codec codec, ReadOnlySpan<byte> units, out int width, out int height)
    {
        (width, height) = (0, 0);
        var reader = new NalReader(units);
        while (reader.TryRead(out var nal))
        {
            if (codec == Codec.H264 && H264Sps.TryParse(nal, out var sps))
            {
                (width, height) = (sps.Width, sps.Height);
                return true;
            }
            if (codec == Codec.H265 && H265Sps.TryParse(nal, out var sps265))
            {
                (width, height) = (sps265.Width, sps265.Height);
                return true;
            }
        }
        return false;
    }

    /// <summary>Finds the first H.264 SPS among length-prefixed NAL units and reads its profile and level.</summary>
    public static bool TryGetProfileLevelId(ReadOnlySpan<byte> units, out ProfileLevelId id)
    {
        var reader = new NalReader(units);
        while (reader.TryRead(out var nal))
        {
            if (ProfileLevelId.TryFromSps(nal, out id))
            {
                return true;
            }
        }
        id = default;
        return false;
    }
}
