// A tag of the picture: its header, old or enhanced, and what stands behind it.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtmp;

/// <summary>What a tag holds.</summary>
public enum FlvContent
{
    /// <summary>Nothing that matters here: an end of sequence, metadata, a format that is not known.</summary>
    Other,

    /// <summary>The decoder's configuration.</summary>
    Configuration,

    /// <summary>A frame.</summary>
    Frame,

    /// <summary>Several tracks in one message, of which nobody knows which is meant.</summary>
    Multitrack,
}

/// <summary>A tag of the picture (FLV 10.1 annex E.4.3; enhanced RTMP v2).</summary>
public readonly ref struct FlvVideoTag
{
    /// <summary>Bytes of the longest header that is written.</summary>
    public const int MaxHeader = 8;

    private const int Avc = 7;
    private const int Hevc = 12; // an extension of some Chinese encoders, from before there was an enhanced one
    private const int KeyFrame = 1;

    /// <summary>What it holds.</summary>
    public FlvContent Content { get; init; }

    /// <summary>Its format.</summary>
    public Codec Codec { get; init; }

    /// <summary>Decoding can start here.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>Milliseconds from the tag's time to the time at which the picture is shown.</summary>
    public int CompositionTime { get; init; }

    /// <summary>The configuration record, or the frame: NAL units behind their lengths, or what the format has.</summary>
    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>Reads a tag; false where it is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> tag, out FlvVideoTag video)
    {
        video = default;
        if (tag.IsEmpty)
        {
            return false;
        }
        return (tag[0] & 0x80) != 0 ? TryEnhanced(tag, out video) : TryOld(tag, out video);
    }

    /// <summary>Writes the header of a tag; returns its bytes. H.264 as every player knows it, others enhanced.</summary>
    /// <param name="destination">At least <see cref="MaxHeader"/> bytes.</param>
    /// <param name="codec">H.264, H.265, AV1, VP9 or VP8.</param>
    /// <param name="isConfiguration">A configuration record follows, not a frame.</param>
    /// <param name="isKeyFrame">Decoding can start here.</param>
    /// <param name="compositionTime">See <see cref="CompositionTime"/>.</param>
    public static int WriteHeader(Span<byte> destination, Codec codec, bool isConfiguration, bool isKeyFrame, int compositionTime)
    {
        var frameType = isKeyFrame ? 1 : 2;
        if (codec == Codec.H264)
        {
            destination[0] = (byte)(frameType << 4 | Avc);
            destination[1] = isConfiguration ? (byte)0 : (byte)1;
            RtmpChunks.Write24(destination[2..], (uint)compositionTime & 0xFFFFFF);
            return 5;
        }
        FourCc.Write(codec, destination[1..]);
        // Without a difference of times its field can be left out: "CodedFramesX". Only formats with B pictures have it at all.
        var hasTime = codec == Codec.H265 && compositionTime != 0;
        var packet =
            isConfiguration ? 0
            : hasTime || codec != Codec.H265 ? 1
            : 3;
        destination[0] = (byte)(0x80 | frameType << 4 | packet);
        if (isConfiguration || !hasTime)
        {
            return 5;
        }
        RtmpChunks.Write24(destination[5..], (uint)compositionTime & 0xFFFFFF);
        return 8;
    }

    private static bool TryOld(ReadOnlySpan<byte> tag, out FlvVideoTag video)
    {
        video = default;
        var codec = (tag[0] & 0x0F) switch
        {
            Avc => Codec.H264,
            Hevc => Codec.H265,
            _ => Codec.Unknown,
        };
        var frameType = tag[0] >> 4;
        if (codec == Codec.Unknown || frameType == 5) // 5: a command to the player
        {
            return true;
        }
        if (tag.Length < 5)
        {
            return false;
        }
        video = new FlvVideoTag
        {
            Content = tag[1] switch
            {
                0 => FlvContent.Configuration,
                1 => FlvContent.Frame,
                _ => FlvContent.Other,
            },
            Codec = codec,
            IsKeyFrame = frameType == KeyFrame,
            CompositionTime = Signed24(tag[2..]),
            Body = tag[5..],
        };
        return true;
    }

    private static bool TryEnhanced(ReadOnlySpan<byte> tag, out FlvVideoTag video)
    {
        video = default;
        var frameType = (tag[0] >> 4) & 7;
        var packet = tag[0] & 0x0F;
        var rest = tag[1..];
        if (!FlvModifiers.TrySkip(ref rest, ref packet))
        {
            return false;
        }
        if (packet == FlvModifiers.Multitrack)
        {
            video = new FlvVideoTag { Content = FlvContent.Multitrack };
            return true;
        }
        if (packet == 4 || frameType == 5)
        {
            return true; // metadata in AMF, or a command
        }
        if (rest.Length < 4)
        {
            return false;
        }
        var codec = FourCc.Of(rest[..4]);
        rest = rest[4..];
        var hasTime = packet == 1 && codec is Codec.H264 or Codec.H265;
        if (codec == Codec.Unknown || (hasTime && packet == 1 && rest.Length < 3))
        {
            return codec == Codec.Unknown;
        }
        video = new FlvVideoTag
        {
            Content = packet switch
            {
                0 => FlvContent.Configuration,
                1 or 3 => FlvContent.Frame,
                _ => FlvContent.Other,
            },
            Codec = codec,
            IsKeyFrame = frameType == KeyFrame,
            CompositionTime = packet == 1 && hasTime ? Signed24(rest) : 0,
            Body = packet == 1 && hasTime ? rest[3..] : rest,
        };
        return true;
    }

    private static int Signed24(ReadOnlySpan<byte> bytes) => (sbyte)bytes[0] << 16 | bytes[1] << 8 | bytes[2];
}
