// Reads the front of an H.264 picture parameter set.
namespace Mumu.Protocols.Codecs;

/// <summary>What a picture parameter set says to someone who does not decode (ITU-T H.264 §7.3.2.2).</summary>
/// <param name="Id">pic_parameter_set_id, 0 to 255.</param>
/// <param name="SpsId">The sequence parameter set it belongs to, 0 to 31.</param>
/// <param name="IsCabac">True for CABAC, false for CAVLC.</param>
public sealed record H264Pps(int Id, int SpsId, bool IsCabac)
{
    /// <summary>Reads a PPS NAL unit, header included.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H264Pps pps)
    {
        pps = null!;
        if (nal.Length < 2 || NalHeader.H264Type(nal) != H264NalType.Pps)
        {
            return false;
        }
        var bits = BitReader.OverNal(nal[1..]);
        var id = bits.Unsigned();
        var sps = bits.Unsigned();
        var isCabac = bits.Flag();
        if (bits.IsOverrun || id > 255 || sps > 31)
        {
            return false;
        }
        pps = new H264Pps((int)id, (int)sps, isCabac);
        return true;
    }
}
