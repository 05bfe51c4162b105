// Bytes that are cut, changed or made to hurt.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Protocols.Tests.Rtmp;

public sealed class RtmpHostileTests
{
    /// <summary>All that a publisher sends, as one stretch of bytes.</summary>
    private static byte[] Conversation()
    {
        var all = new List<byte>();
        Assert.True(RtmpAddress.TryParse(new Uri("rtmp://any:KEY@host/studio/film"), out var address));
        var client = new RtmpClient(address, publishes: true, TimeSpan.FromSeconds(5), new Random(1));
        var server = new RtmpServer(new RtmpServerOptions(), new Random(2), TimeSpan.Zero);
        client.Start(TimeSpan.Zero);
        var buffer = new byte[4096];
        for (var turn = 0; turn < 10; turn++)
        {
            while (client.TryTransmit(buffer, out var length))
            {
                all.AddRange(buffer.AsSpan(0, length));
                server.Receive(buffer.AsSpan(0, length), TimeSpan.Zero);
            }
            while (server.TryRead(out var e))
            {
                if (e.Kind == RtmpServerEventKind.Publish)
                {
                    server.Accept();
                }
            }
            while (server.TryTransmit(buffer, out var length))
            {
                client.Receive(buffer.AsSpan(0, length), TimeSpan.Zero);
            }
            while (client.TryRead(out _)) { }
        }
        all.AddRange(Pair.Tag(RtmpMessageType.Video, 0, [0x17, 0, 0, 0, 0, 1, 2, 3]));
        all.AddRange(Pair.Tag(RtmpMessageType.Audio, 0, [0xAF, 0, 0x12, 0x10]));
        all.AddRange(Pair.Tag(RtmpMessageType.Video, 40, new byte[300]));
        return [.. all];
    }

    private static List<string> Serve(ReadOnlySpan<byte> bytes, int piece)
    {
        var server = new RtmpServer(new RtmpServerOptions(), new Random(2), TimeSpan.Zero);
        var events = new List<string>();
        var buffer = new byte[8192];
        while (!bytes.IsEmpty)
        {
            var length = Math.Min(piece, bytes.Length);
            server.Receive(bytes[..length], TimeSpan.Zero);
            bytes = bytes[length..];
            while (server.TryRead(out var e))
            {
                events.Add($"{e.Kind} {e.Payload.Length}");
                if (e.Kind is RtmpServerEventKind.Publish or RtmpServerEventKind.Play)
                {
                    server.Accept();
                }
            }
            while (server.TryTransmit(buffer, out _)) { }
        }
        return events;
    }

    [Fact]
    public void Whole_and_in_single_bytes_it_is_the_same()
    {
        var bytes = Conversation();
        string[] expected = ["Publish 0", "Video 8", "Audio 4", "Video 300"];
        Assert.Equal(expected, Serve(bytes, int.MaxValue));
        Assert.Equal(expected, Serve(bytes, 1));
        Assert.Equal(expected, Serve(bytes, 13));
    }

    [Fact]
    public void Cut_anywhere_it_gives_no_more_than_it_had()
    {
        var bytes = Conversation();
        for (var length = 0; length < bytes.Length; length += length is > 10 and < 3000 ? 97 : 1)
        {
            Assert.True(Serve(bytes.AsSpan(0, length), 4096).Count <= 4);
        }
    }

    [Fact]
    public void Changed_at_random_it_ends_or_goes_on_but_never_throws()
    {
        var bytes = Conversation();
        var random = new Random(7);
        for (var run = 0; run < 4000; run++)
        {
            var changed = (byte[])bytes.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                changed[random.Next(run % 4 == 0 ? 0 : 3073, changed.Length)] = (byte)random.Next(256);
            }
            Serve(changed, run % 3 == 0 ? 1 : 4096);
        }
    }

    [Fact]
    public void Noise_behind_a_handshake_ends_the_connection_soon()
    {
        var random = new Random(3);
        for (var run = 0; run < 500; run++)
        {
            var bytes = new byte[3073 + 20_000];
            random.NextBytes(bytes);
            bytes[0] = 3;
            Serve(bytes, 1000);
        }
        Assert.Equal(["Ended 0"], Serve("GET / HTTP/1.1\r\n"u8, 1000));
        Assert.Equal(["Ended 0"], Serve([200, 3, 1, 2, 0], 1));
    }

    [Fact]
    public void A_message_promised_large_takes_no_memory_before_it_comes()
    {
        var reader = new RtmpServer(new RtmpServerOptions(), new Random(2), TimeSpan.Zero);
        reader.Receive(
            new byte[] { 3 }
                .Concat(new byte[3072])
                .ToArray(),
            TimeSpan.Zero
        );
        var before = GC.GetAllocatedBytesForCurrentThread();
        // A command of 65,535 bytes, of which ten come.
        reader.Receive([3, 0, 0, 0, 0, 0xFF, 0xFF, 20, 0, 0, 0, 0, .. new byte[10]], TimeSpan.Zero);
        Assert.False(reader.TryRead(out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8192);
    }

    [Fact]
    public void Tags_cut_or_changed_never_throw()
    {
        byte[][] tags =
        [
            [0x17, 1, 0, 0, 40, 0, 0, 0, 1, 0x65],
            [0x91, (byte)'h', (byte)'v', (byte)'c', (byte)'1', 0, 0, 40, 0, 0, 0, 1, 0x65],
            [0x93, (byte)'h', (byte)'v', (byte)'c', (byte)'1', 0, 0, 0, 1, 0x65],
            [0x90, (byte)'a', (byte)'v', (byte)'0', (byte)'1', 0x81, 0, 0, 0],
            [0x97, 2, 0, 0, 0, 0x01, (byte)'v', (byte)'p', (byte)'0', (byte)'9', 1, 2],
            [0x96, 0x01, (byte)'h', (byte)'v', (byte)'c', (byte)'1', 0],
            [0xAF, 1, 2, 3],
            [0x91, (byte)'O', (byte)'p', (byte)'u', (byte)'s', 1, 2],
            [0x72, 1],
        ];
        var random = new Random(11);
        foreach (var tag in tags)
        {
            for (var length = 0; length <= tag.Length; length++)
            {
                _ = FlvVideoTag.TryParse(tag.AsSpan(0, length), out _);
                _ = FlvAudioTag.TryParse(tag.AsSpan(0, length), out _);
            }
            for (var run = 0; run < 2000; run++)
            {
                var changed = (byte[])tag.Clone();
                changed[random.Next(tag.Length)] = (byte)random.Next(256);
                _ = FlvVideoTag.TryParse(changed, out _);
                _ = FlvAudioTag.TryParse(changed, out _);
            }
        }
        Assert.True(FlvVideoTag.TryParse(tags[4], out var modified));
        Assert.Equal((FlvContent.Frame, Codec.Vp9, 2), (modified.Content, modified.Codec, modified.Body.Length));
        Assert.True(FlvVideoTag.TryParse(tags[5], out var several));
        Assert.Equal(FlvContent.Multitrack, several.Content);
    }

    [Fact]
    public void Values_within_values_have_a_bound()
    {
        byte[] nested = [.. Enumerable.Repeat<byte[]>([0x03, 0, 1, (byte)'a'], 1000).SelectMany(b => b)];
        Assert.False(AmfReader.TryReadAll(nested, out _));
        Assert.False(AmfReader.TryReadAll([0x0A, 0x7F, 0xFF, 0xFF, 0xFF, .. Enumerable.Repeat((byte)5, 5000)], out _));
        Assert.False(AmfReader.TryReadAll([0x02, 0xFF, 0xFF, 1], out _));
        Assert.False(AmfReader.TryReadAll([0x0C, 0xFF, 0xFF, 0xFF, 0xFF, 1], out _));
    }
}
