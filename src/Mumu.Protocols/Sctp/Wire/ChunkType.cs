// The chunks this stack knows.
namespace Mumu.Protocols.Sctp.Wire;

/// <summary>Chunk types of RFC 9260 §3.2, RFC 6525 and RFC 3758.</summary>
internal enum ChunkType : byte
{
    Data = 0,
    Init = 1,
    InitAck = 2,
    Sack = 3,
    Heartbeat = 4,
    HeartbeatAck = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAck = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAck = 11,
    ShutdownComplete = 14,
    Reconfig = 130,
    ForwardTsn = 192,
}

/// <summary>Error causes we name (RFC 9260 §3.3.10).</summary>
internal enum ErrorCause : ushort
{
    InvalidStream = 1,
    StaleCookie = 3,
    UserInitiatedAbort = 12,
    ProtocolViolation = 13,
}
