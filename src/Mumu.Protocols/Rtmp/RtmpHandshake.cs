// How a connection begins (RTMP §5.2).
namespace Mumu.Protocols.Rtmp;

/// <summary>The handshake of either end: plain, and as a server also with digests. What the peer echoes is not compared: there are clients that echo wrongly, and it would prove nothing.</summary>
internal sealed class RtmpHandshake(bool isServer, Random random)
{
    private const int Length = 1536;
    private const byte Version = 3;
    private int _step;

    internal bool IsDone { get; private set; }

    /// <summary>A client's first bytes.</summary>
    internal void Start(RtmpOutput output)
    {
        var hello = output.Reserve(1 + Length);
        random.NextBytes(hello);
        hello[0] = Version;
        hello.Slice(1, 8).Clear(); // time, version: zero says that digests are not known
    }

    /// <summary>Takes what has come; false where it is no RTMP.</summary>
    internal bool TryGoOn(RtmpChunkReader reader, RtmpOutput output)
    {
        if (_step == 0 && reader.TryTake(1, out var version))
        {
            // Versions up to 31 are RTMP's; older clients are to be answered with 3 (§5.2.2). Others are text or TLS.
            if (version[0] is < Version or > 31)
            {
                return false;
            }
            _step = 1;
        }
        if (_step == 1 && reader.TryTake(Length, out var hello))
        {
            if (isServer)
            {
                Answer(hello, output);
            }
            else
            {
                hello.CopyTo(output.Reserve(Length));
            }
            _step = 2;
        }
        if (_step == 2 && reader.TryTake(Length, out _))
        {
            _step = 3;
            IsDone = true;
        }
        return true;
    }

    private void Answer(ReadOnlySpan<byte> c1, RtmpOutput output)
    {
        var answer = output.Reserve(1 + 2 * Length);
        answer[0] = Version;
        var s1 = answer.Slice(1, Length);
        var s2 = answer.Slice(1 + Length, Length);
        random.NextBytes(s1);
        s1[..8].Clear();
        if (RtmpDigest.Find(c1, out var isKeyFirst) is not { } digest)
        {
            c1.CopyTo(s2);
            return;
        }
        ReadOnlySpan<byte> known = [3, 5, 1, 1];
        known.CopyTo(s1[4..]);
        RtmpDigest.Sign(s1, isKeyFirst);
        random.NextBytes(s2);
        RtmpDigest.Answer(s2, digest);
    }
}
