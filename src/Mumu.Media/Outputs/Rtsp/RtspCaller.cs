// Who may come in: what the RTSP server asks its owner.
using System.Net;
using Mumu.Media.Outputs.Connections;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>A client at the door.</summary>
/// <param name="Path">The path of its address as it stands there, not decoded.</param>
/// <param name="Authorization">Its <c>Authorization</c> header; never to be logged.</param>
/// <param name="Remote">Where it comes from.</param>
/// <param name="Publishes">It wants to publish; else to read.</param>
public sealed record RtspCaller(string Path, string? Authorization, IPEndPoint Remote, bool Publishes);

/// <summary>Decides whether a client may read or publish; waits with the answer as long as it should be late.</summary>
public delegate Task<Admission> RtspDoorkeeper(RtspCaller caller, CancellationToken cancellation);
