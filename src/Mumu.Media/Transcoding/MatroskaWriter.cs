// Writes one track as a live Matroska stream, which carries every codec with its times into ffmpeg (RFC 9559).
using System.Buffers.Binary;
using System.Text;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Transcoding;

/// <summary>A header once, then a cluster for each unit. Times have a resolution of 10 µs.</summary>
internal static class MatroskaWriter
{
    /// <summary>Units of time a second.</summary>
    public const int TicksPerSecond = 100_000;

    /// <summary>Bytes that <see cref="Cluster"/> puts in front of a unit's data, at most.</summary>
    public const int MaxClusterHead = 40;

    /// <summary>The header; null for a codec that can't be written, or of which too little is known.</summary>
    public static byte[]? Header(TrackFormat track)
    {
        if (Describe(track) is not { } description)
        {
            return null;
        }
        byte[] media =
            track.Kind == MediaKind.Video
                ? Element(0xE0, [.. Element(0xB0, Number((ulong)description.Width)), .. Element(0xBA, Number((ulong)description.Height))])
                : Element(0xE1, [.. Element(0xB5, Float(track.ClockRate)), .. Element(0x9F, Number((ulong)Math.Max(1, track.Channels)))]);
        byte[] entry =
        [
            .. Element(0xD7, Number(1)), // TrackNumber
            .. Element(0x73C5, Number(1)), // TrackUID
            .. Element(0x83, Number(track.Kind == MediaKind.Video ? 1u : 2u)),
            .. Element(0x9C, Number(0)), // no lacing
            .. Element(0x86, Encoding.ASCII.GetBytes(description.Id)),
            .. description.Private.Length > 0 ? Element(0x63A2, description.Private) : [],
            .. media,
        ];
        return
        [
            .. Element(0x1A45DFA3, [.. Element(0x4282, "matroska"u8), .. Element(0x4287, Number(4)), .. Element(0x4285, Number(2))]),
            0x18,
            0x53,
            0x80,
            0x67,
            0x01,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0xFF,
            0xFF, // a segment of unknown length
            .. Element(
                0x1549A966,
                [.. Element(0x2AD7B1, Number(1_000_000_000 / TicksPerSecond)), .. Element(0x4D80, "mumu"u8), .. Element(0x5741, "mumu"u8)]
            ),
            .. Element(0x1654AE6B, Element(0xAE, entry)),
        ];
    }

    /// <summary>Writes what stands in front of a unit's data; returns its bytes.</summary>
    public static int Cluster(long time, bool isKeyFrame, int length, Span<byte> destination)
    {
        var stamp = Element(0xE7, Number((ulong)Math.Max(0, time)));
        Span<byte> block = stackalloc byte[12];
        var blockHead = WriteHead(0xA3, length + 4, block);
        var at = WriteHead(0x1F43B675, stamp.Length + blockHead + 4 + length, destination);
        stamp.CopyTo(destination[at..]);
        at += stamp.Length;
        block[..blockHead].CopyTo(destination[at..]);
        at += blockHead;
        ((ReadOnlySpan<byte>)[0x81, 0, 0, (byte)(isKeyFrame ? 0x80 : 0)]).CopyTo(destination[at..]);
        return at + 4;
    }

    private readonly record struct Description(string Id, byte[] Private, int Width = 0, int Height = 0);

    private static Description? Describe(TrackFormat track)
    {
        switch (track.Codec)
        {
            case Codec.H264 or Codec.H265 or Codec.Vp8 or Codec.Vp9 or Codec.Av1 or Codec.Jpeg:
                return Picture(track);
            case Codec.Aac:
                return new Description("A_AAC", track.Configuration.ToArray());
            case Codec.Opus:
                byte[] head = [.. "OpusHead"u8, 1, (byte)Math.Max(1, track.Channels), 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0];
                return new Description("A_OPUS", head);
            case Codec.Pcmu or Codec.Pcma:
                return new Description("A_MS/ACM", WaveFormat(track));
            default:
                return null;
        }
    }

    private static Description? Picture(TrackFormat track)
    {
        var configuration = track.Configuration.Span;
        if (!ParameterSets.TryGetSize(track.Codec, configuration, out var width, out var height))
        {
            return null;
        }
        var (id, isNeeded) = track.Codec switch
        {
            Codec.H264 => ("V_MPEG4/ISO/AVC", true),
            Codec.H265 => ("V_MPEGH/ISO/HEVC", true),
            Codec.Av1 => ("V_AV1", true),
            Codec.Vp8 => ("V_VP8", false),
            Codec.Vp9 => ("V_VP9", false),
            _ => ("V_MJPEG", false),
        };
        var record = isNeeded ? DecoderConfiguration.Write(track.Codec, configuration) : [];
        return record is null ? null : new Description(id, record, width, height);
    }

    // WAVEFORMATEX, little-endian.
    private static byte[] WaveFormat(TrackFormat track)
    {
        var format = new byte[18];
        var channels = Math.Max(1, track.Channels);
        BinaryPrimitives.WriteUInt16LittleEndian(format, (ushort)(track.Codec == Codec.Pcmu ? 7 : 6));
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(4), track.ClockRate);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(8), track.ClockRate * channels);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(12), (ushort)channels);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(14), 8);
        return format;
    }

    private static byte[] Element(uint id, ReadOnlySpan<byte> body)
    {
        Span<byte> head = stackalloc byte[12];
        return [.. head[..WriteHead(id, body.Length, head)], .. body];
    }

    private static int WriteHead(uint id, int length, Span<byte> destination)
    {
        var at = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            if (id >> shift != 0)
            {
                destination[at++] = (byte)(id >> shift);
            }
        }
        destination[at] = 0x08; // a length of five bytes, 35 bits
        BinaryPrimitives.WriteInt32BigEndian(destination[(at + 1)..], length);
        return at + 5;
    }

    private static byte[] Number(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        var from = Math.Min(7, (int)ulong.LeadingZeroCount(value) / 8);
        return bytes[from..].ToArray();
    }

    private static byte[] Float(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return bytes;
    }
}
