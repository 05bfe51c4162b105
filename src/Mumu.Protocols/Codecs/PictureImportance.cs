// Tells the pictures that can be left out without harm to others.
namespace Mumu.Protocols.Codecs;

/// <summary>
/// Finds disposable pictures of one H.264 or H.265 stream: those to which no picture refers that is shown without them. In H.264 these are the pictures of nal_ref_idc 0; in H.265 those of the
/// highest temporal layer, which may refer to each other: who leaves one out leaves all out up to the next key frame. Pictures of other formats all count as needed.
/// </summary>
/// <param name="codec">The stream's format.</param>
public sealed class PictureImportance(Codec codec)
{
    private const int FirstRandomAccess = (int)H265NalType.FirstRandomAccess;
    private const int FirstNonPicture = (int)H265NalType.Vps;
    private int _highestLayer = -1; // not known before an SPS

    /// <summary>Learns from a key frame's parameter sets.</summary>
    /// <param name="unit">Length-prefixed NAL units.</param>
    public void Learn(ReadOnlySpan<byte> unit)
    {
        if (codec != Codec.H265)
        {
            return;
        }
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            // Four bits name the VPS, the next three are sps_max_sub_layers_minus1 (ITU-T H.265 §7.3.2.2).
            if (NalHeader.H265Type(nal) == H265NalType.Sps && nal.Length > 2)
            {
                _highestLayer = nal[2] >> 1 & 7;
            }
        }
    }

    /// <summary>True for a disposable picture.</summary>
    /// <param name="unit">Length-prefixed NAL units.</param>
    public bool IsDisposable(ReadOnlySpan<byte> unit)
    {
        var reader = new NalReader(unit);
        while (codec is Codec.H264 or Codec.H265 && reader.TryRead(out var nal))
        {
            switch (codec)
            {
                case Codec.H264 when NalHeader.H264Type(nal) is >= H264NalType.Slice and <= H264NalType.IdrSlice:
                    return (nal[0] & 0x60) == 0;
                case Codec.H265 when (int)NalHeader.H265Type(nal) < FirstNonPicture && nal.Length > 1:
                    var type = (int)NalHeader.H265Type(nal);
                    var layer = (nal[1] & 7) - 1;
                    // Even types below the random access ones are of pictures that no other of their layer refers to.
                    return layer == _highestLayer && type < FirstRandomAccess && (layer > 0 || type % 2 == 0);
            }
        }
        return false;
    }
}
