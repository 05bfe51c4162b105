// The stream that carries a track's retransmissions to one viewer (RFC 4588): its own source, type and numbers.
using Mumu.Protocols.Rtp;

namespace Mumu.Protocols.WebRtc;

/// <summary>The RTX stream of an <see cref="OutgoingTrack"/>. A packet sent twice bears two numbers, so a retransmission that is lost too can be sent once more.</summary>
public sealed class RetransmissionStream
{
    internal RetransmissionStream(byte payloadType, Ssrc ssrc, ulong firstIndex)
    {
        PayloadType = payloadType;
        Ssrc = ssrc;
        NextIndex = firstIndex;
    }

    /// <summary>As the viewer numbers the format, 0–127.</summary>
    public byte PayloadType { get; }

    /// <summary>The source as named in the answer.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>The 48-bit index of the next packet.</summary>
    public ulong NextIndex { get; private set; }

    internal ulong Take() => NextIndex++;
}
