// Reads AAC's AudioSpecificConfig: what SDP's config and MP4's esds hold.
namespace Mumu.Protocols.Codecs;

/// <summary>An AudioSpecificConfig (ISO 14496-3 §1.6.2.1).</summary>
/// <param name="ObjectType">2 AAC-LC, 5 SBR, 29 parametric stereo; of the core where an extension is told first.</param>
/// <param name="SampleRate">Samples a second of the core.</param>
/// <param name="Channels">1 to 8, or 0 where the stream itself tells.</param>
/// <param name="SamplesPerFrame">1024 or 960.</param>
public sealed record AacConfiguration(int ObjectType, int SampleRate, int Channels, int SamplesPerFrame)
{
    private static ReadOnlySpan<int> Rates => [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    private static ReadOnlySpan<byte> ChannelCounts => [0, 1, 2, 3, 4, 5, 6, 8];

    /// <summary>Reads the configuration; false where the bytes end early or say what can't be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out AacConfiguration configuration)
    {
        configuration = null!;
        var bits = BitReader.OverBytes(bytes);
        var type = ReadObjectType(ref bits);
        var rate = ReadRate(ref bits);
        var layout = (int)bits.Bits(4);
        if (type is 5 or 29)
        {
            ReadRate(ref bits); // the extension's
            type = ReadObjectType(ref bits);
        }
        var isShort = bits.Flag(); // frameLengthFlag
        if (bits.IsOverrun || type == 0 || rate is < 7350 or > 96000 || layout >= ChannelCounts.Length)
        {
            return false;
        }
        configuration = new AacConfiguration(type, rate, ChannelCounts[layout], isShort ? 960 : 1024);
        return true;
    }

    private static int ReadObjectType(ref BitReader bits)
    {
        var type = (int)bits.Bits(5);
        return type == 31 ? 32 + (int)bits.Bits(6) : type;
    }

    private static int ReadRate(ref BitReader bits)
    {
        var index = (int)bits.Bits(4);
        return index == 15 ? (int)bits.Bits(24)
            : index < Rates.Length ? Rates[index]
            : 0;
    }
}
