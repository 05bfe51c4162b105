// Writes SRTP packets of a track: the first time, and once more for a viewer that misses one.
using System.Buffers.Binary;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.WebRtc;

/// <summary>Header, extensions and encryption, straight into the send buffer.</summary>
internal static class OutgoingPackets
{
    /// <summary>Bytes of extensions at most: their header; playout delay and transport-wide number, padded.</summary>
    internal const int MaxExtension = 4 + Elements;

    /// <summary>Bytes in front of a retransmitted payload (RFC 4588 §4).</summary>
    internal const int OriginalNumber = 2;

    private const int Elements = 8;

    internal static int Write(
        SrtpSender sender,
        OutgoingTrack track,
        ulong index,
        RtpTimestamp timestamp,
        bool marker,
        bool delayHint,
        ReadOnlySpan<byte> payload,
        Span<byte> destination,
        int transport
    )
    {
        Span<byte> header = stackalloc byte[RtpHeader.MinLength + MaxExtension];
        Span<byte> elements = stackalloc byte[Elements];
        var length = RtpHeader.Write(
            header,
            track.PayloadType,
            marker,
            new SequenceNumber((ushort)index),
            timestamp,
            track.Ssrc,
            Extension(elements, track.TransportId, transport, delayHint ? track.PlayoutDelayId : null)
        );
        return sender.Protect(header[..length], payload, index, destination);
    }

    internal static int WriteAgain(
        SrtpSender sender,
        OutgoingTrack track,
        ulong index,
        RtpTimestamp timestamp,
        bool marker,
        ReadOnlySpan<byte> payload,
        Span<byte> destination,
        int transport
    )
    {
        var rtx = track.Retransmission!;
        var own = rtx.Take();
        Span<byte> elements = stackalloc byte[Elements];
        var length = RtpHeader.Write(
            destination,
            rtx.PayloadType,
            marker,
            new SequenceNumber((ushort)own),
            timestamp,
            rtx.Ssrc,
            Extension(elements, track.TransportId, transport, null)
        );
        // The payload is put in its place behind its original number, and encrypted there.
        BinaryPrimitives.WriteUInt16BigEndian(destination[length..], (ushort)index);
        payload.CopyTo(destination[(length + OriginalNumber)..]);
        return sender.Protect(destination[..length], destination.Slice(length, OriginalNumber + payload.Length), own, destination);
    }

    private static ReadOnlySpan<byte> Extension(Span<byte> elements, int? transportId, int transport, int? playoutDelayId)
    {
        var length = 0;
        if (transportId is { } number && transport >= 0)
        {
            (elements[0], elements[1], elements[2]) = ((byte)((number << 4) | 1), (byte)(transport >> 8), (byte)transport);
            length = 3;
        }
        if (playoutDelayId is { } delay)
        {
            // Between 0 and 100 ms, each in twelve bits of 10 ms.
            (elements[length], elements[length + 1], elements[length + 2], elements[length + 3]) = ((byte)((delay << 4) | 2), 0, 0, 10);
            length += 4;
        }
        return elements[..((length + 3) & ~3)];
    }
}
