// One reader of a path over HLS.
using System.Security.Cryptography;
using Mumu.Agent.Paths;

namespace Mumu.Agent.Hls;

/// <summary>
/// A reader, from its multivariant playlist on. HLS is many requests, which players send without the key where it was in the address; the session's own unguessable folder stands for it.
/// </summary>
internal sealed class HlsSession
{
    private readonly TimeProvider _time;
    private long _bytes;
    private long _seen;
    private int _active;
    private volatile bool _isKicked;

    public HlsSession(HlsStream stream, string key, string remote, TimeProvider time)
    {
        (Stream, _time, _seen) = (stream, time, time.GetTimestamp());
        Reader = new PathReader("hls", remote, key, time.GetUtcNow(), () => Interlocked.Read(ref _bytes), () => _isKicked = true)
        {
            LastRequest = () => time.GetUtcNow() - Idle,
        };
    }

    /// <summary>32 hex digits.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public HlsStream Stream { get; }

    public PathReader Reader { get; }

    /// <summary>An administrator ended it.</summary>
    public bool IsKicked => _isKicked;

    /// <summary>How long it has asked for nothing.</summary>
    public TimeSpan Idle => Volatile.Read(ref _active) > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _seen));

    public void Count(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void BeginRequest() => Interlocked.Increment(ref _active);

    public void EndRequest()
    {
        Volatile.Write(ref _seen, _time.GetTimestamp());
        Interlocked.Decrement(ref _active);
    }
}
