// The two ways to ask for a key frame: PLI and FIR.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Picture loss indication (RFC 4585 §6.3.1).</summary>
/// <param name="Sender">Who asks.</param>
/// <param name="Media">The video source asked.</param>
public readonly record struct PictureLoss(Ssrc Sender, Ssrc Media)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 12;

    /// <summary>Reads a PLI.</summary>
    public static bool TryParse(in RtcpPacket packet, out PictureLoss pli)
    {
        var ok = Feedback.TryParse(packet, RtcpType.PayloadFeedback, Feedback.Pli, out var sender, out var media, out _);
        pli = new PictureLoss(sender, media);
        return ok;
    }

    /// <summary>Writes the PLI; returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        Feedback.Write(destination, RtcpType.PayloadFeedback, Feedback.Pli, Sender, Media, 0);
        return Length;
    }
}

/// <summary>Full intra request (RFC 5104 §4.3.1), the first entry: the receiver of a stream answers only to entries that name it.</summary>
/// <param name="Sender">Who asks.</param>
/// <param name="Target">The video source asked.</param>
/// <param name="Number">Counts requests; a repeat has the same number.</param>
public readonly record struct FullIntraRequest(Ssrc Sender, Ssrc Target, byte Number)
{
    /// <summary>Bytes on the wire with one entry.</summary>
    public const int Length = 20;

    /// <summary>Reads a FIR; <paramref name="target"/> picks the entry that names this source.</summary>
    public static bool TryParse(in RtcpPacket packet, Ssrc target, out FullIntraRequest fir)
    {
        fir = default;
        if (!Feedback.TryParse(packet, RtcpType.PayloadFeedback, Feedback.Fir, out var sender, out _, out var entries))
        {
            return false;
        }
        for (; entries.Length >= 8; entries = entries[8..])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(entries) == target.Value)
            {
                fir = new FullIntraRequest(sender, target, entries[4]);
                return true;
            }
        }
        return false;
    }

    /// <summary>Writes the FIR with one entry; returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        var entry = Feedback.Write(destination, RtcpType.PayloadFeedback, Feedback.Fir, Sender, default, 8);
        entry.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(entry, Target.Value);
        entry[4] = Number;
        return Length;
    }
}
