// What reaches a session's loop.
using System.Buffers;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>Where an arrival came from.</summary>
internal enum RtspArrivalKind
{
    /// <summary>Bytes of the connection.</summary>
    Connection,

    /// <summary>The server closed the connection, or it broke.</summary>
    Closed,

    /// <summary>A datagram on a track's RTP port.</summary>
    Rtp,

    /// <summary>A datagram on a track's RTCP port.</summary>
    Rtcp,

    /// <summary>Something is due.</summary>
    Tick,

    /// <summary>A viewer wants a key frame.</summary>
    KeyFrameRequest,
}

/// <summary>One arrival; its bytes are rented and given back by the loop.</summary>
/// <param name="Kind">Where from.</param>
/// <param name="Track">Which track, for datagrams.</param>
/// <param name="Buffer">Rented bytes, or null.</param>
/// <param name="Length">How many of them count.</param>
internal readonly record struct RtspArrival(RtspArrivalKind Kind, int Track = 0, byte[]? Buffer = null, int Length = 0)
{
    internal ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    internal void Return()
    {
        if (Buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }
    }
}
