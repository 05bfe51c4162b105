// The four-way handshake.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp;

/// <summary>What is known of both sides, and the cookie that travels between them (RFC 9260 §5).</summary>
internal sealed class SctpSetup
{
    private readonly SctpOptions _options;
    private readonly Random _random;
    private readonly byte[] _key = new byte[StateCookie.KeyLength];

    internal SctpSetup(SctpOptions options, Random random)
    {
        _options = options;
        _random = random;
        random.NextBytes(_key);
        Local = MakeLocal();
    }

    /// <summary>What we announce.</summary>
    internal InitData Local { get; }

    /// <summary>What the peer announced; null before its INIT ACK or its cookie.</summary>
    internal InitData? Remote { get; private set; }

    /// <summary>Extensions that both know.</summary>
    internal SctpExtensions Shared => Remote?.Extensions ?? SctpExtensions.None;

    /// <summary>The chunk whose answer is awaited: INIT, then COOKIE ECHO.</summary>
    internal byte[] Question { get; private set; } = [];

    /// <summary>Begins with an INIT.</summary>
    internal void Begin() => Question = InitChunk.Make(Local, default);

    /// <summary>Answers an INIT. Before the association stands, with the announcement that our own INIT made, so that an INIT from each side ends in one association (§5.2.1).</summary>
    internal byte[] MakeInitAck(in InitData remote, bool stands, TimeSpan now)
    {
        var local = stands ? MakeLocal() : Local;
        var cookie = new StateCookie(local, remote, stands ? Local.Tag : 0, stands ? Remote!.Value.Tag : 0, now);
        return InitChunk.Make(local, cookie.Make(_key));
    }

    /// <summary>The peer has answered our INIT: its cookie goes back. False if the answer is of no use.</summary>
    internal bool TryAccept(ReadOnlySpan<byte> initAck)
    {
        if (
            !InitChunk.TryParse(initAck, out var remote, out var cookie)
            || cookie.IsEmpty
            || cookie.Length > _options.MaxPacket - SctpPacket.HeaderLength - Chunk.HeaderLength
        )
        {
            return false;
        }
        Remote = remote;
        Question = SimpleChunk.Make(ChunkType.CookieEcho, cookie);
        return true;
    }

    /// <summary>Nothing is awaited any more.</summary>
    internal void Finish() => Question = [];

    /// <summary>Judges a cookie that came back (§5.1.5, §5.2.4).</summary>
    internal CookieVerdict Judge(ReadOnlySpan<byte> bytes, uint packetTag, bool stands, TimeSpan now)
    {
        if (!StateCookie.TryParse(bytes, _key, out var cookie) || cookie.Local.Tag != packetTag)
        {
            return CookieVerdict.Ignore;
        }
        var isOurs = cookie.Local.Tag == Local.Tag;
        var isTheirs = Remote is { } remote && remote.Tag == cookie.Remote.Tag;
        if (now - cookie.MadeAt > _options.CookieLife && !(isOurs && isTheirs))
        {
            return CookieVerdict.Stale;
        }
        if (!isOurs)
        {
            // Only a peer that has forgotten us comes with a new announcement of ours (action A); anything else is late (C).
            var isRestart = stands && cookie.LocalTieTag == Local.Tag && cookie.RemoteTieTag == Remote!.Value.Tag;
            return isRestart ? CookieVerdict.Restart : CookieVerdict.Ignore;
        }
        if (!stands)
        {
            Remote = cookie.Remote;
            return CookieVerdict.Accept;
        }
        return isTheirs ? CookieVerdict.Repeated : CookieVerdict.Ignore;
    }

    private InitData MakeLocal() =>
        new(
            (uint)_random.NextInt64(1, 1L << 32),
            (uint)_options.WindowBytes,
            _options.Streams,
            _options.Streams,
            new Tsn((uint)_random.NextInt64(1L << 32)),
            SctpExtensions.ForwardTsn | SctpExtensions.Reconfig
        );
}

/// <summary>What to do about a cookie.</summary>
internal enum CookieVerdict
{
    Ignore,

    /// <summary>The association stands now.</summary>
    Accept,

    /// <summary>Our COOKIE ACK was lost.</summary>
    Repeated,

    /// <summary>Too old.</summary>
    Stale,

    /// <summary>The peer has lost its association and wants another.</summary>
    Restart,
}
