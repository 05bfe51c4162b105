// Writes transport-wide feedback from a list of arrivals.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Writes transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) with two-bit status vectors.</summary>
public static class TransportFeedbackWriter
{
    /// <summary>Bytes that a message about <paramref name="packets"/> packets takes at most.</summary>
    public static int MaxLength(int packets) => 20 + (packets + 6) / 7 * 2 + packets * 2 + 3;

    /// <summary>
    /// Writes a message and returns its length. <paramref name="arrivals"/> has one entry a packet from <paramref name="first"/> on: the receiver's clock, or null for one that did not arrive;
    /// neighbouring arrivals lie less than 8 s apart, and the first of them is the reference.
    /// </summary>
    public static int Write(
        Span<byte> destination,
        Ssrc sender,
        Ssrc media,
        SequenceNumber first,
        byte feedbackCount,
        ReadOnlySpan<TimeSpan?> arrivals
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arrivals.Length, ushort.MaxValue);
        var reference = Reference(arrivals);
        var deltaBytes = 0;
        var ticks = reference * 256;
        foreach (var arrival in arrivals)
        {
            deltaBytes += SizeOf(arrival, ref ticks, out _);
        }
        var chunkBytes = (arrivals.Length + 6) / 7 * 2;
        var informationLength = (8 + chunkBytes + deltaBytes + 3) & ~3;
        var information = Feedback.Write(destination, RtcpType.TransportFeedback, Feedback.TransportCc, sender, media, informationLength);
        information.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(information, first.Value);
        BinaryPrimitives.WriteUInt16BigEndian(information[2..], (ushort)arrivals.Length);
        BinaryPrimitives.WriteInt32BigEndian(information[4..], unchecked(((int)reference << 8) | feedbackCount));
        var deltas = information[(8 + chunkBytes)..];
        ticks = reference * 256;
        for (var i = 0; i < arrivals.Length; i++)
        {
            var size = SizeOf(arrivals[i], ref ticks, out var delta);
            var chunk = information[(8 + i / 7 * 2)..];
            var bits = BinaryPrimitives.ReadUInt16BigEndian(chunk) | 0xC000 | (size << (12 - 2 * (i % 7)));
            BinaryPrimitives.WriteUInt16BigEndian(chunk, (ushort)bits);
            if (size == 1)
            {
                deltas[0] = (byte)delta;
            }
            else if (size == 2)
            {
                BinaryPrimitives.WriteInt16BigEndian(deltas, (short)delta);
            }
            deltas = deltas[size..];
        }
        return 12 + informationLength;
    }

    private static long Reference(ReadOnlySpan<TimeSpan?> arrivals)
    {
        foreach (var arrival in arrivals)
        {
            if (arrival is { } at)
            {
                return (long)Math.Floor(at / TimeSpan.FromMilliseconds(64));
            }
        }
        return 0;
    }

    private static int SizeOf(TimeSpan? arrival, ref long ticks, out long delta)
    {
        delta = 0;
        if (arrival is not { } at)
        {
            return 0;
        }
        delta = Math.Clamp(at.Ticks / 2500 - ticks, short.MinValue, short.MaxValue);
        ticks += delta;
        return delta is >= 0 and <= 255 ? 1 : 2;
    }
}
