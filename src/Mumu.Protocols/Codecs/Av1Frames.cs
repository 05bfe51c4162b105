// What the frames of an AV1 temporal unit are.
namespace Mumu.Protocols.Codecs;

/// <summary>Looks into temporal units: units with sizes, without temporal delimiters.</summary>
public static class Av1Frames
{
    /// <summary>Finds the sequence header; its bytes are those of the whole open bitstream unit.</summary>
    public static bool TryGetSequenceHeader(ReadOnlySpan<byte> unit, out ReadOnlySpan<byte> obu)
    {
        var at = 0;
        while (Obu.TryRead(unit[at..], out var next, out var length))
        {
            if (next.Type == ObuType.SequenceHeader)
            {
                obu = unit.Slice(at, length);
                return true;
            }
            at += length;
        }
        obu = default;
        return false;
    }

    /// <summary>True if the first frame is a key frame that is shown: with a sequence header in front, decoding can start there.</summary>
    public static bool StartsWithKeyFrame(ReadOnlySpan<byte> unit)
    {
        var isReduced = false;
        var reader = new ObuReader(unit);
        while (reader.TryRead(out var obu))
        {
            switch (obu.Type)
            {
                case ObuType.SequenceHeader:
                    isReduced = Av1SequenceHeader.TryParse(obu.Payload, out var header) && header.IsReducedStill;
                    break;
                case ObuType.Frame or ObuType.FrameHeader:
                    // show_existing_frame 0, frame_type KEY_FRAME (two zeros), show_frame 1 (§5.9.2).
                    return isReduced || (!obu.Payload.IsEmpty && obu.Payload[0] >> 4 == 1);
            }
        }
        return false;
    }
}
