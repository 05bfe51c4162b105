// Who wants what, and from where.
using System.Net;

namespace Mumu.Agent.Keys;

/// <summary>A request for access.</summary>
/// <param name="Credentials">What was shown; null if nothing was.</param>
/// <param name="From">Where the request comes from.</param>
/// <param name="Action">What is wanted.</param>
/// <param name="Path">On which path; null for actions that concern none.</param>
public sealed record AccessRequest(Credentials? Credentials, IPAddress? From, AccessAction Action, string? Path = null)
{
    /// <summary><c>rtsp</c>, <c>rtmp</c>, <c>hls</c>, <c>webrtc</c>, <c>http</c>: for whoever decides outside.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>The query of the address without credentials, for whoever decides outside.</summary>
    public string Query { get; init; } = "";
}

/// <summary>Who was let in.</summary>
/// <param name="Name">The name of the key or user, for lists and logs.</param>
public sealed record Caller(string Name);
