// REMB: the receiver's estimate of how much bandwidth there is.
using System.Buffers.Binary;
using System.Numerics;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 §2.2).</summary>
/// <param name="Sender">Who estimates.</param>
/// <param name="BitsPerSecond">The estimate; values above 2⁶³ are cut to it.</param>
public readonly record struct ReceiverEstimate(Ssrc Sender, long BitsPerSecond)
{
    private const uint Name = 0x52454D42; // "REMB"

    /// <summary>Reads a REMB.</summary>
    public static bool TryParse(in RtcpPacket packet, out ReceiverEstimate estimate)
    {
        estimate = default;
        if (
            !Feedback.TryParse(packet, RtcpType.PayloadFeedback, Feedback.ApplicationLayer, out var sender, out _, out var information)
            || information.Length < 8
            || BinaryPrimitives.ReadUInt32BigEndian(information) != Name
            || information.Length < 8 + information[4] * 4
        )
        {
            return false;
        }
        var packed = BinaryPrimitives.ReadUInt32BigEndian(information[4..]) & 0xFFFFFF;
        var exponent = (int)(packed >> 18);
        var mantissa = (ulong)(packed & 0x3FFFF);
        var fits = mantissa == 0 || exponent + 64 - BitOperations.LeadingZeroCount(mantissa) <= 63;
        estimate = new ReceiverEstimate(sender, fits ? (long)(mantissa << exponent) : long.MaxValue);
        return true;
    }

    /// <summary>Writes a REMB for up to 255 sources; returns its length. The estimate is rounded down to 18 significant bits.</summary>
    public int Write(Span<byte> destination, ReadOnlySpan<Ssrc> sources)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources.Length, 255);
        var information = Feedback.Write(
            destination,
            RtcpType.PayloadFeedback,
            Feedback.ApplicationLayer,
            Sender,
            default,
            8 + sources.Length * 4
        );
        var bits = (ulong)Math.Max(0, BitsPerSecond);
        var exponent = Math.Max(0, 64 - BitOperations.LeadingZeroCount(bits) - 18);
        BinaryPrimitives.WriteUInt32BigEndian(information, Name);
        BinaryPrimitives.WriteUInt32BigEndian(
            information[4..],
            ((uint)sources.Length << 24) | ((uint)exponent << 18) | (uint)(bits >> exponent)
        );
        for (var i = 0; i < sources.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(information[(8 + i * 4)..], sources[i].Value);
        }
        return 20 + sources.Length * 4;
    }
}
