// The RTP numbers of one track, shared by all readers of a stream.
using Mumu.Protocols.Rtp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Source, time offset and running counts of a track.</summary>
internal struct RtspNumbers(byte payloadType, Ssrc source, uint timeOffset, ushort sequence)
{
    internal readonly byte PayloadType => payloadType;

    internal readonly Ssrc Source => source;

    /// <summary>Number of the next packet.</summary>
    internal ushort Sequence { get; private set; } = sequence;

    /// <summary>Packets sent since the beginning.</summary>
    internal uint Packets { get; private set; }

    /// <summary>Payload bytes sent since the beginning.</summary>
    internal uint Octets { get; private set; }

    /// <summary>The RTP time of a time on the stream's line.</summary>
    internal readonly RtpTimestamp TimeOf(long time) => new(unchecked((uint)time + timeOffset));

    internal void Count(RtspFrame frame)
    {
        Sequence = unchecked((ushort)(Sequence + frame.PacketCount));
        Packets = unchecked(Packets + (uint)frame.PacketCount);
        Octets = unchecked(Octets + (uint)frame.PayloadBytes);
    }
}
