// A tag of sound: its header, old or enhanced, and what stands behind it.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtmp;

/// <summary>A tag of sound (FLV 10.1 annex E.4.2; enhanced RTMP v2).</summary>
public readonly ref struct FlvAudioTag
{
    /// <summary>Bytes of the longest header that is written.</summary>
    public const int MaxHeader = 5;

    private const int Alaw = 7;
    private const int Mulaw = 8;
    private const int Enhanced = 9;
    private const int Aac = 10;

    /// <summary>What it holds.</summary>
    public FlvContent Content { get; init; }

    /// <summary>Its format.</summary>
    public Codec Codec { get; init; }

    /// <summary>Channels as G.711's header tells them; for others the configuration does.</summary>
    public int Channels { get; init; }

    /// <summary>AudioSpecificConfig or OpusHead, or the frame.</summary>
    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>Reads a tag; false where it is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> tag, out FlvAudioTag audio)
    {
        audio = default;
        if (tag.IsEmpty)
        {
            return false;
        }
        switch (tag[0] >> 4)
        {
            case Alaw or Mulaw:
                audio = new FlvAudioTag
                {
                    Content = FlvContent.Frame,
                    Codec = tag[0] >> 4 == Alaw ? Codec.Pcma : Codec.Pcmu,
                    Channels = (tag[0] & 1) + 1,
                    Body = tag[1..],
                };
                return true;
            case Aac:
                if (tag.Length < 2)
                {
                    return false;
                }
                audio = new FlvAudioTag
                {
                    Content = tag[1] switch
                    {
                        0 => FlvContent.Configuration,
                        1 => FlvContent.Frame,
                        _ => FlvContent.Other,
                    },
                    Codec = Codec.Aac,
                    Body = tag[2..],
                };
                return true;
            case Enhanced:
                return TryEnhanced(tag, out audio);
            default:
                return true; // MP3, Speex and others that are not carried
        }
    }

    /// <summary>Writes the header of a tag; returns its bytes. AAC and G.711 as every player knows them, Opus enhanced.</summary>
    /// <param name="destination">At least <see cref="MaxHeader"/> bytes.</param>
    /// <param name="codec">AAC, G.711 or Opus.</param>
    /// <param name="isConfiguration">A configuration follows, not a frame.</param>
    /// <param name="channels">Channels.</param>
    public static int WriteHeader(Span<byte> destination, Codec codec, bool isConfiguration, int channels)
    {
        switch (codec)
        {
            case Codec.Aac:
                destination[0] = Aac << 4 | 0x0F; // rate and channels stand in the configuration
                destination[1] = isConfiguration ? (byte)0 : (byte)1;
                return 2;
            case Codec.Pcma or Codec.Pcmu:
                destination[0] = (byte)((codec == Codec.Pcma ? Alaw : Mulaw) << 4 | 2 | (channels > 1 ? 1 : 0));
                return 1;
            default:
                destination[0] = (byte)(Enhanced << 4 | (isConfiguration ? 0 : 1));
                FourCc.Write(codec, destination[1..]);
                return 5;
        }
    }

    private static bool TryEnhanced(ReadOnlySpan<byte> tag, out FlvAudioTag audio)
    {
        audio = default;
        var packet = tag[0] & 0x0F;
        var rest = tag[1..];
        if (!FlvModifiers.TrySkip(ref rest, ref packet))
        {
            return false;
        }
        if (packet == FlvModifiers.AudioMultitrack)
        {
            audio = new FlvAudioTag { Content = FlvContent.Multitrack };
            return true;
        }
        if (rest.Length < 4)
        {
            return false;
        }
        var codec = FourCc.Of(rest[..4]);
        audio = new FlvAudioTag
        {
            Content = packet switch
            {
                0 when codec != Codec.Unknown => FlvContent.Configuration,
                1 when codec != Codec.Unknown => FlvContent.Frame,
                _ => FlvContent.Other,
            },
            Codec = codec,
            Body = rest[4..],
        };
        return true;
    }
}
