// Reads an AV1 sequence header: profile, level, tier and the largest size of a stream.
namespace Mumu.Protocols.Codecs;

/// <summary>What an AV1 sequence header says to someone who does not decode (AV1 §5.5).</summary>
/// <param name="Profile">seq_profile: 0 main, 1 high, 2 professional.</param>
/// <param name="LevelIndex">seq_level_idx of the first operating point; SDP's level-idx. 5 is level 3.1.</param>
/// <param name="Tier">seq_tier: 0 main, 1 high.</param>
/// <param name="IsReducedStill">A single picture with a shortened header.</param>
/// <param name="Width">The largest width in pixels.</param>
/// <param name="Height">The largest height in pixels.</param>
public sealed record Av1SequenceHeader(int Profile, int LevelIndex, int Tier, bool IsReducedStill, int Width, int Height)
{
    /// <summary>Depth and subsampling of its samples; 8 bits and 4:2:0 where the header ends before it tells.</summary>
    public Av1Color Color { get; init; } = Av1Color.Usual;

    /// <summary>Reads the payload of a sequence header. False where it ends early or says what can't be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out Av1SequenceHeader header)
    {
        header = null!;
        var bits = BitReader.OverBytes(payload);
        var profile = (int)bits.Bits(3);
        bits.Flag(); // still_picture
        var isReduced = bits.Flag();
        var (level, tier) = isReduced ? ((int)bits.Bits(5), 0) : ReadPoints(ref bits);
        var widthBits = (int)bits.Bits(4) + 1;
        var heightBits = (int)bits.Bits(4) + 1;
        var width = (int)bits.Bits(widthBits) + 1;
        var height = (int)bits.Bits(heightBits) + 1;
        if (bits.IsOverrun || profile > 2)
        {
            return false;
        }
        var color = Av1Color.Read(ref bits, profile, isReduced);
        header = new Av1SequenceHeader(profile, level, tier, isReduced, width, height) { Color = bits.IsOverrun ? Av1Color.Usual : color };
        return true;
    }

    // From timing_info_present_flag to the operating points, of which the first counts.
    private static (int Level, int Tier) ReadPoints(ref BitReader bits)
    {
        var hasModel = false;
        var delayBits = 0;
        if (bits.Flag()) // timing_info
        {
            bits.Skip(32 + 32); // num_units_in_display_tick, time_scale
            if (bits.Flag())
            {
                bits.Unsigned(); // num_ticks_per_picture_minus_1
            }
            hasModel = bits.Flag();
            if (hasModel)
            {
                delayBits = (int)bits.Bits(5) + 1;
                bits.Skip(32 + 5 + 5); // num_units_in_decoding_tick, two more lengths
            }
        }
        var hasDisplayDelay = bits.Flag();
        var points = (int)bits.Bits(5) + 1;
        var first = (Level: 0, Tier: 0);
        for (var i = 0; i < points; i++)
        {
            bits.Skip(12); // operating_point_idc
            var level = (int)bits.Bits(5);
            var tier = level > 7 ? (int)bits.Bits(1) : 0;
            if (hasModel && bits.Flag())
            {
                bits.Skip(2 * delayBits + 1);
            }
            if (hasDisplayDelay && bits.Flag())
            {
                bits.Skip(4);
            }
            first = i == 0 ? (level, tier) : first;
        }
        return first;
    }
}
