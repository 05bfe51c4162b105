// How much an RTSP peer may send.
namespace Mumu.Protocols.Rtsp;

/// <summary>Bounds on what comes from the network.</summary>
public static class RtspLimits
{
    /// <summary>Start line and headers of one message, in bytes.</summary>
    public const int Head = 32 * 1024;

    /// <summary>Header lines of one message.</summary>
    public const int Headers = 128;

    /// <summary>Body of one message, in bytes.</summary>
    public const int Body = 64 * 1024;

    /// <summary>Bytes between messages that belong to none, in a row.</summary>
    public const int Junk = 256 * 1024;

    /// <summary>Redirects followed in a row.</summary>
    public const int Redirects = 4;

    /// <summary>Bytes waiting to be sent; receiver reports beyond it are dropped.</summary>
    public const int Output = 64 * 1024;
}
