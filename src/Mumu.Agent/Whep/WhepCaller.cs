// Who sends a WHEP request.
namespace Mumu.Agent.Whep;

/// <summary>A caller whose key was found good.</summary>
/// <param name="Key">The key's name.</param>
/// <param name="IsKeyInAddress">True if the key came as <c>?pass=</c>.</param>
/// <param name="Remote">The caller's address and port.</param>
internal sealed record WhepCaller(string Key, bool IsKeyInAddress, string Remote);
