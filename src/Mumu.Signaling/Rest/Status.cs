// REST bodies that say how the hub is, and how it refuses.
namespace Mumu.Signaling.Rest;

/// <summary>Every refusal of every route.</summary>
/// <param name="Detail">A sentence for people.</param>
public sealed record ErrorDetail(string Detail);

/// <summary><c>GET /health</c>.</summary>
/// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="Timestamp">ISO 8601.</param>
public sealed record HealthStatus(string Status, string Timestamp);

/// <summary><c>GET /</c> on the port of the old clients.</summary>
public sealed record AppStatus(string App, string Version, string Status);
