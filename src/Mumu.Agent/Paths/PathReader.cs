// One reader of a path, as lists show it.
using System.Security.Cryptography;

namespace Mumu.Agent.Paths;

/// <summary>A reader over any protocol.</summary>
/// <param name="Protocol"><c>webrtc</c>, <c>rtsp</c>, <c>rtsps</c>, <c>rtmp</c>, <c>hls</c>, …</param>
/// <param name="Remote">Its address and port.</param>
/// <param name="Key">The name of the key it came with.</param>
/// <param name="Since">When it began.</param>
/// <param name="Bytes">Tells how much it was sent; called from any thread.</param>
/// <param name="Kick">Ends it; called from any thread, must not block.</param>
public sealed record PathReader(string Protocol, string Remote, string Key, DateTimeOffset Since, Func<long> Bytes, Action Kick)
{
    /// <summary>A random name: 32 hex digits.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);
}
