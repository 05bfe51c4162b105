// AAC in MP4: mp4a with an esds.
using System.Globalization;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>An MP4AudioSampleEntry (ISO 14496-14 §5.6).</summary>
internal sealed class AacEntry : SampleEntry
{
    private const int MaxConfiguration = 64;
    private readonly byte[] _specific;
    private readonly AacConfiguration _configuration;

    private AacEntry(byte[] specific, AacConfiguration configuration, int channels)
    {
        (_specific, _configuration) = (specific, configuration);
        Channels = configuration.Channels > 0 ? configuration.Channels : Math.Max(1, channels);
    }

    public override string CodecString => string.Create(CultureInfo.InvariantCulture, $"mp4a.40.{_configuration.ObjectType}");

    public static AacEntry? TryCreate(ReadOnlySpan<byte> configuration, int channels) =>
        configuration.Length <= MaxConfiguration && AacConfiguration.TryParse(configuration, out var parsed)
            ? new AacEntry(configuration.ToArray(), parsed, channels)
            : null;

    public override void Write(BoxWriter writer)
    {
        OpenAudio(writer, "mp4a"u8, _configuration.SampleRate);
        writer.Open("esds"u8, 0, 0);
        Descriptor(writer, 3, 3 + 5 + 13 + 5 + _specific.Length + 5 + 1);
        writer.U16(0); // ES_ID
        writer.U8(0);
        Descriptor(writer, 4, 13 + 5 + _specific.Length);
        writer.U8(0x40); // MPEG-4 audio
        writer.U8(0x15); // an audio stream
        writer.Zeros(3 + 4 + 4); // buffer and bit rates unknown
        Descriptor(writer, 5, _specific.Length);
        writer.Bytes(_specific);
        Descriptor(writer, 6, 1);
        writer.U8(2);
        writer.Close();
        writer.Close();
    }

    private static void Descriptor(BoxWriter writer, int tag, int length)
    {
        writer.U8(tag);
        writer.U8(0x80);
        writer.U8(0x80);
        writer.U8(0x80);
        writer.U8(length);
    }
}
