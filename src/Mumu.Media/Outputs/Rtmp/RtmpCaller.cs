// Who may come in: what the RTMP server asks its owner.
using System.Net;
using Mumu.Media.Outputs.Connections;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>A client at the door.</summary>
/// <param name="Path">The path of its address as it stands there, not decoded.</param>
/// <param name="User">The user it names; null if none.</param>
/// <param name="Key">The key or password it brings, null if none; never to be logged.</param>
/// <param name="Remote">Where it comes from.</param>
/// <param name="Publishes">It wants to publish; else to read.</param>
public sealed record RtmpCaller(string Path, string? User, string? Key, IPEndPoint Remote, bool Publishes)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => $"{Path} from {Remote}";
}

/// <summary>Decides whether a client may read or publish; waits with the answer as long as it should be late.</summary>
public delegate Task<Admission> RtmpDoorkeeper(RtmpCaller caller, CancellationToken cancellation);
