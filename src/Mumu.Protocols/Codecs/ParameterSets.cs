// What a key frame says of its stream's format: parameter sets, or the head of the frame.
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>
/// The configuration of a video track, as its key frames bear it. H.264 and H.265: the parameter sets (VPS, SPS, PPS) as length-prefixed NAL units; VP8 and VP9: the head of a key frame
/// up to the picture's size, rid of what differs from frame to frame; AV1: the sequence header; JPEG: the frame header.
/// </summary>
public static class ParameterSets
{
    /// <summary>The most bytes of parameter sets that are believed; real ones have under 200.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// Copies the configuration that a unit bears into <paramref name="destination"/> (<see cref="MaxLength"/> bytes always do) and returns the bytes;
    /// 0 where there is none, or more than it holds. No allocation.
    /// </summary>
    public static int Collect(Codec codec, ReadOnlySpan<byte> unit, Span<byte> destination) =>
        codec switch
        {
            Codec.H264 or Codec.H265 => CollectNals(codec, unit, destination),
            Codec.Vp8 when Vp8Header.TryParse(unit, out var vp8) && vp8.IsKeyFrame => CopyVp8Head(unit, destination),
            Codec.Vp9 when Vp9Header.TryParse(unit, out var vp9) && vp9.IsKeyFrame => CopyVp9Head(unit, vp9, destination),
            Codec.Av1 when Av1Frames.TryGetSequenceHeader(unit, out var obu) && obu.TryCopyTo(destination) => obu.Length,
            Codec.Jpeg when JpegHeader.TryParse(unit, out var jpeg) => CopyJpegHead(unit, jpeg, destination),
            _ => 0,
        };

    /// <summary>Reads the size of the picture, in pixels, from a configuration or a key frame; for AV1 the largest there may be.</summary>
    public static bool TryGetSize(Codec codec, ReadOnlySpan<byte> units, out int width, out int height)
    {
        (width, height) = codec switch
        {
            Codec.H264 or Codec.H265 => SizeOfNals(codec, units),
            Codec.Vp8 when Vp8Header.TryParse(units, out var vp8) => (vp8.Width, vp8.Height),
            Codec.Vp9 when Vp9Header.TryParse(units, out var vp9) => (vp9.Width, vp9.Height),
            Codec.Jpeg when JpegHeader.TryParse(units, out var jpeg) => (jpeg.Width, jpeg.Height),
            Codec.Av1
                when Av1Frames.TryGetSequenceHeader(units, out var bytes)
                    && Obu.TryRead(bytes, out var obu, out _)
                    && Av1SequenceHeader.TryParse(obu.Payload, out var av1) => (av1.Width, av1.Height),
            _ => (0, 0),
        };
        return width > 0;
    }

    // The frame header alone, behind the marker that opens every picture.
    private static int CopyJpegHead(ReadOnlySpan<byte> picture, in JpegHeader header, Span<byte> destination)
    {
        if (destination.Length < 2 + header.Length)
        {
            return 0;
        }
        picture[..2].CopyTo(destination);
        picture.Slice(header.Start, header.Length).CopyTo(destination[2..]);
        return 2 + header.Length;
    }

    private static int CopyVp8Head(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        if (destination.Length < Vp8Header.KeyLength)
        {
            return 0;
        }
        frame[..Vp8Header.KeyLength].CopyTo(destination);
        destination[0] &= 0x1F; // the rest of the tag is the size of the first partition
        destination[1] = destination[2] = 0;
        return Vp8Header.KeyLength;
    }

    private static int CopyVp9Head(ReadOnlySpan<byte> frame, in Vp9Header header, Span<byte> destination)
    {
        // The size ends within the last byte that is copied; what stands behind it there goes. Bits: see Vp9Header.
        var bits =
            8
            + 24
            + 4
            + 32
            + (
                header.Profile == 0 ? 0
                : header.Profile == 2 ? 1
                : header.Profile == 1 ? 3
                : 5
            );
        var length = (bits + 7) / 8;
        if (frame.Length < length || destination.Length < length)
        {
            return 0;
        }
        frame[..length].CopyTo(destination);
        destination[length - 1] &= (byte)(0xFF << (8 * length - bits));
        return length;
    }

    private static int CollectNals(Codec codec, ReadOnlySpan<byte> unit, Span<byte> destination)
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

    private static (int Width, int Height) SizeOfNals(Codec codec, ReadOnlySpan<byte> units)
    {
        var reader = new NalReader(units);
        while (reader.TryRead(out var nal))
        {
            if (codec == Codec.H264 && H264Sps.TryParse(nal, out var sps))
            {
                return (sps.Width, sps.Height);
            }
            if (codec == Codec.H265 && H265Sps.TryParse(nal, out var sps265))
            {
                return (sps265.Width, sps265.Height);
            }
        }
        return (0, 0);
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
