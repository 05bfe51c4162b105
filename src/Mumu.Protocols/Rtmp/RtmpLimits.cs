// How much an RTMP peer may send.
namespace Mumu.Protocols.Rtmp;

/// <summary>Bounds on what comes from the network.</summary>
public static class RtmpLimits
{
    /// <summary>The largest message of sound or picture, in bytes.</summary>
    public const int Media = 8 << 20;

    /// <summary>The largest message of another kind, and of any kind before the peer may send media.</summary>
    public const int Command = 64 * 1024;

    /// <summary>Bytes of all messages of a connection that are not whole yet.</summary>
    public const int Unfinished = 12 << 20;

    /// <summary>Chunk streams of a connection.</summary>
    public const int ChunkStreams = 32;

    /// <summary>The largest chunk a peer may announce (RTMP §5.4.1).</summary>
    public const int ChunkSize = 0xFFFFFF;

    /// <summary>Values in one AMF message, members included.</summary>
    public const int AmfValues = 512;

    /// <summary>Objects within objects.</summary>
    public const int AmfDepth = 8;

    /// <summary>Characters of an application's or stream's name with its query.</summary>
    public const int Name = 2048;

    /// <summary>Commands a peer may send before it publishes or plays.</summary>
    public const int Commands = 64;
}
