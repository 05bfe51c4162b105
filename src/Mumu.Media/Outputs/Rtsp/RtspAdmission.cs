// Who may come in: what the server asks its owner, and what that answers.
using System.Net;
using Mumu.Media.Publishing;
using Mumu.Media.Streams;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>A client at the door.</summary>
/// <param name="Path">The path of its address as it stands there, not decoded.</param>
/// <param name="Authorization">Its <c>Authorization</c> header; never to be logged.</param>
/// <param name="Remote">Where it comes from.</param>
/// <param name="Publishes">It wants to publish; else to read.</param>
public sealed record RtspCaller(string Path, string? Authorization, IPEndPoint Remote, bool Publishes);

/// <summary>Decides whether a client may read or publish; waits with the answer as long as it should be late.</summary>
public delegate Task<RtspAdmission> RtspDoorkeeper(RtspCaller caller, CancellationToken cancellation);

/// <summary>The doorkeeper's answer.</summary>
/// <param name="Status">The RTSP status that refuses; 200 lets in.</param>
/// <param name="Reason">A sentence for the log.</param>
public sealed record RtspAdmission(int Status, string Reason)
{
    /// <summary>The path's name.</summary>
    public string Path { get; init; } = "";

    /// <summary>The name of the key the client came with.</summary>
    public string Key { get; init; } = "";

    /// <summary>What is to be read.</summary>
    public MediaStream? Stream { get; init; }

    /// <summary>Cancelled when the path is gone.</summary>
    public CancellationToken Retired { get; init; }

    /// <summary>Tells of a reader that begins; what it gives tells of its end.</summary>
    public Func<RtspReaderInfo, IDisposable>? Join { get; init; }

    /// <summary>Begins to publish.</summary>
    public Func<Publisher, CancellationToken, Task<Publication>>? PublishAsync { get; init; }
}

/// <summary>A reader that begins.</summary>
/// <param name="Protocol"><c>rtsp</c> or <c>rtsps</c>.</param>
/// <param name="Remote">Where it is.</param>
/// <param name="Bytes">Tells how much it was sent.</param>
/// <param name="Kick">Ends it.</param>
public sealed record RtspReaderInfo(string Protocol, string Remote, Func<long> Bytes, Action Kick)
{
    /// <summary>True if its media travels in datagrams.</summary>
    public bool IsUdp { get; init; }

    /// <summary>The connection it is on, as <see cref="RtspListener.List"/> names it.</summary>
    public Guid Connection { get; init; }
}

/// <summary>The path can't be had after all; the message is a sentence.</summary>
/// <param name="status">The RTSP status that says so.</param>
/// <param name="message">Why.</param>
public sealed class RtspRefusedException(int status, string message) : Exception(message)
{
    /// <summary>The RTSP status that says so.</summary>
    public int Status { get; } = status;
}
