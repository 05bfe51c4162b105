// RTMP: both cores in whole conversations, tags, and AMF.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Fuzz.Targets;

internal static class RtmpTargets
{
    private const int Piece = 1000;
    private static readonly RtmpAddress s_address = RtmpAddress.TryParse(new Uri("rtmp://any:KEY@host/studio/film"), out var address)
        ? address
        : throw new InvalidOperationException();
    private static readonly AmfValue s_metadata = AmfValue.Of(
        ("width", AmfValue.Of(640)),
        ("stereo", AmfValue.Of(true)),
        ("encoder", AmfValue.Of("Lavf")),
        ("list", AmfValue.OfList([AmfValue.Of(1), AmfValue.Null, AmfValue.Of(("x", AmfValue.Of("y")))]))
    );

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        // Short commands are answered.
        new("rtmp-server", [Talk(publishes: true).ToServer, Talk(publishes: false).ToServer], Serve) { Factor = 40, Room = 64 * 1024 },
        new("rtmp-client", [Talk(publishes: true).ToClient, Talk(publishes: false).ToClient], Ask) { Factor = 40, Room = 64 * 1024 },
        new("flv-video", [.. Tags(isVideo: true)], bytes => FlvVideoTag.TryParse(bytes, out _)),
        new("flv-audio", [.. Tags(isVideo: false)], bytes => FlvAudioTag.TryParse(bytes, out _)),
        // A value of one byte becomes an object.
        new("amf", [AmfWriter.Write(AmfValue.Of("onMetaData"), s_metadata)], ReadAmf) { Factor = 40, Room = 64 * 1024 },
    ];

    private static void ReadAmf(ReadOnlySpan<byte> bytes)
    {
        AmfReader.TryReadAll(bytes, out _);
        RtmpMetadata.TryFind(bytes, out _);
    }

    // A client's bytes, in pieces; whatever it asks for is granted.
    private static void Serve(ReadOnlySpan<byte> bytes)
    {
        var server = new RtmpServer(new RtmpServerOptions(), new Random(2), default);
        Span<byte> buffer = stackalloc byte[Piece];
        var now = TimeSpan.Zero;
        for (var at = 0; at < bytes.Length; at += Piece, now += TimeSpan.FromMilliseconds(10))
        {
            server.Receive(bytes.Slice(at, Math.Min(Piece, bytes.Length - at)), now);
            Answer(server);
            while (server.TryTransmit(buffer, out _)) { }
            server.Tick(now);
        }
    }

    private static void Answer(RtmpServer server)
    {
        while (server.TryRead(out var e))
        {
            switch (e.Kind)
            {
                case RtmpServerEventKind.Publish or RtmpServerEventKind.Play:
                    server.Accept();
                    break;
                case RtmpServerEventKind.Video:
                    FlvVideoTag.TryParse(e.Payload, out _);
                    break;
                case RtmpServerEventKind.Audio:
                    FlvAudioTag.TryParse(e.Payload, out _);
                    break;
            }
        }
    }

    // A server's bytes, to a client that plays.
    private static void Ask(ReadOnlySpan<byte> bytes)
    {
        var client = new RtmpClient(s_address, publishes: false, TimeSpan.FromSeconds(5), new Random(1));
        Span<byte> buffer = stackalloc byte[Piece];
        var now = TimeSpan.Zero;
        client.Start(now);
        for (var at = 0; at < bytes.Length; at += Piece, now += TimeSpan.FromMilliseconds(10))
        {
            client.Receive(bytes.Slice(at, Math.Min(Piece, bytes.Length - at)), now);
            while (client.TryRead(out _)) { }
            while (client.TryTransmit(buffer, out _)) { }
            client.Tick(now);
        }
    }

    /// <summary>Both cores talk until media flows; gives what each end got.</summary>
    private static (byte[] ToServer, byte[] ToClient) Talk(bool publishes)
    {
        var client = new RtmpClient(s_address, publishes, TimeSpan.FromSeconds(5), new Random(1));
        var server = new RtmpServer(new RtmpServerOptions(), new Random(2), default);
        var (toServer, toClient) = (new List<byte>(), new List<byte>());
        var buffer = new byte[4096];
        client.Start(default);
        var hasStarted = false;
        for (var turn = 0; turn < 10; turn++)
        {
            while (client.TryTransmit(buffer, out var length))
            {
                toServer.AddRange(buffer.AsSpan(0, length));
                server.Receive(buffer.AsSpan(0, length), default);
            }
            Answer(server);
            while (server.TryTransmit(buffer, out var length))
            {
                toClient.AddRange(buffer.AsSpan(0, length));
                client.Receive(buffer.AsSpan(0, length), default);
            }
            while (client.TryRead(out var e))
            {
                hasStarted |= e.Kind == RtmpClientEventKind.Started;
            }
        }
        if (!hasStarted)
        {
            throw new InvalidOperationException();
        }
        var receiver = publishes ? toServer : toClient;
        var pictures = Tags(isVideo: true).Select(tag => (RtmpMessageType.Video, tag));
        var sounds = Tags(isVideo: false).Select(tag => (RtmpMessageType.Audio, tag));
        receiver.AddRange(
            Message(RtmpMessageType.DataAmf0, 0, AmfWriter.Write(AmfValue.Of("@setDataFrame"), AmfValue.Of("onMetaData"), s_metadata))
        );
        uint time = 0;
        foreach (var (type, tag) in pictures.Concat(sounds))
        {
            receiver.AddRange(Message(type, time += 0x400_000, tag)); // beyond the short time, too
        }
        client.Stop();
        while (client.TryTransmit(buffer, out var length))
        {
            toServer.AddRange(buffer.AsSpan(0, length));
        }
        return ([.. toServer], [.. toClient]);
    }

    private static byte[] Message(RtmpMessageType type, uint time, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[RtmpChunks.Measure(payload.Length, time)];
        RtmpChunks.Write(
            bytes,
            type == RtmpMessageType.Video ? RtmpChunks.VideoStream : RtmpChunks.AudioStream,
            type,
            1,
            time,
            payload,
            default
        );
        return bytes;
    }

    private static IEnumerable<byte[]> Tags(bool isVideo)
    {
        foreach (var codec in isVideo ? (Codec[])[Codec.H264, Codec.H265, Codec.Av1] : [Codec.Aac, Codec.Opus, Codec.Pcma])
        {
            foreach (var isConfiguration in (bool[])[true, false])
            {
                var head = new byte[FlvVideoTag.MaxHeader];
                var length = isVideo
                    ? FlvVideoTag.WriteHeader(head, codec, isConfiguration, isKeyFrame: true, 40)
                    : FlvAudioTag.WriteHeader(head, codec, isConfiguration, 2);
                yield return [.. head[..length], 1, 2, 3, 4, 5, 6, 7, 8];
            }
        }
        // Modifiers in front (enhanced RTMP v2), and a tag of several tracks.
        yield return isVideo
            ? [0x97, 1, 5, 0, 0x10, (byte)'h', (byte)'v', (byte)'c', (byte)'1', 0, 0, 1]
            : [0x97, 1, 5, 0, 0x10, (byte)'O', (byte)'p', (byte)'u', (byte)'s', 1];
        yield return isVideo
            ? [0x96, 0x01, (byte)'a', (byte)'v', (byte)'c', (byte)'1', 0, 1]
            : [0x95, 0x01, (byte)'m', (byte)'p', (byte)'4', (byte)'a', 0, 1];
    }
}
