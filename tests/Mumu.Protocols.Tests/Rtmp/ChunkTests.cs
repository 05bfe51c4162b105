// Chunks of every format, as other programs write them.
using System.Buffers.Binary;
using Mumu.Protocols.Rtmp;

namespace Mumu.Protocols.Tests.Rtmp;

public sealed class ChunkTests
{
    /// <summary>A pair in which the client publishes, so that the server tells what tags it got.</summary>
    private static Pair Publishing()
    {
        var pair = new Pair("rtmp://host/a/b", publishes: true);
        pair.Server.Accept();
        pair.Run();
        pair.ServerEvents.Clear();
        return pair;
    }

    [Fact]
    public void Headers_are_left_out_as_far_as_they_repeat()
    {
        var pair = Publishing();
        pair.ToServer([8, 0, 0, 100, 0, 0, 2, 8, 1, 0, 0, 0, 0xAF, 1]); // whole
        pair.ToServer([0x48, 0, 0, 20, 0, 0, 3, 8, 0xAF, 1, 2]); // without the stream
        pair.ToServer([0x88, 0, 0, 21, 0xAF, 1, 3]); // a time only
        pair.ToServer([0xC8, 0xAF, 1, 4]); // nothing
        Assert.Equal(["Audio 100 AF01", "Audio 120 AF0102", "Audio 141 AF0103", "Audio 162 AF0104"], pair.ServerEvents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Extended_times_may_be_repeated_in_every_chunk_or_not(bool repeats)
    {
        var pair = Publishing();
        pair.ToServer([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 128]); // chunks of 128 bytes
        byte[] time = [1, 2, 3, 4];
        byte[] body = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        byte[] more = repeats ? time : [];
        pair.ToServer([
            6,
            0xFF,
            0xFF,
            0xFF,
            0,
            1,
            44,
            9,
            1,
            0,
            0,
            0,
            .. time,
            .. body[..128],
            0xC6,
            .. more,
            .. body[128..256],
            0xC6,
            .. more,
            .. body[256..],
        ]);
        Assert.Equal([$"Video {0x01020304} {Convert.ToHexString(body)}"], pair.ServerEvents);
    }

    [Fact]
    public void Messages_may_be_cut_between_each_other_and_chunk_streams_have_long_numbers()
    {
        var pair = Publishing();
        pair.ToServer([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
        pair.ToServer([0, 10, 0, 0, 1, 0, 0, 6, 9, 1, 0, 0, 0, 1, 2, 3, 4]); // 74
        pair.ToServer([1, 1, 1, 0, 0, 2, 0, 0, 5, 8, 1, 0, 0, 0, 9, 8, 7, 6]); // 321
        pair.ToServer([0xC0, 10, 5, 6, 0xC1, 1, 1, 5]);
        Assert.Equal(["Video 1 010203040506", "Audio 2 0908070605"], pair.ServerEvents);
    }

    [Fact]
    public void An_aborted_message_is_forgotten()
    {
        var pair = Publishing();
        pair.ToServer([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
        pair.ToServer([6, 0, 0, 1, 0, 0, 6, 9, 1, 0, 0, 0, 1, 2, 3, 4]);
        pair.ToServer([2, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6]);
        pair.ToServer([6, 0, 0, 2, 0, 0, 1, 9, 1, 0, 0, 0, 7]);
        Assert.Equal(["Video 2 07"], pair.ServerEvents);
    }

    [Fact]
    public void Pings_and_windows_are_answered()
    {
        var pair = Publishing();
        pair.ToServer([2, 0, 0, 0, 0, 0, 4, 5, 0, 0, 0, 0, 0, 0, 16, 0]); // acknowledge every 4,096 bytes
        pair.ToServer([2, 0, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0, 0, 6, 1, 2, 3, 4]);
        var buffer = new byte[4096];
        Assert.True(pair.Server.TryTransmit(buffer, out var length));
        var at = buffer.AsSpan(0, length).IndexOf((ReadOnlySpan<byte>)[0, 7, 1, 2, 3, 4]);
        Assert.True(at > 0, "no pong");
        pair.ToServer(Pair.Tag(RtmpMessageType.Video, 0, new byte[6000]));
        Assert.True(pair.Server.TryTransmit(buffer, out length));
        Assert.Equal((byte)RtmpMessageType.Acknowledgement, buffer[7]);
        Assert.True(BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(12)) > 6000);
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0 })] // chunks of nothing
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0xFF, 0, 0, 0 })] // a negative size
    [InlineData(new byte[] { 0xD4 })] // goes on with what never began
    [InlineData(new byte[] { 8, 0, 0, 0, 0xFF, 0xFF, 0xFF, 8, 1, 0, 0, 0 })] // 16 MiB
    [InlineData(new byte[] { 8, 0, 0, 0, 1, 0, 1, 18, 1, 0, 0, 0 })] // metadata of 64 KiB and more
    public void What_can_not_be_ends_the_connection(byte[] bytes)
    {
        var pair = Publishing();
        pair.ToServer(bytes);
        Assert.StartsWith("Ended", Assert.Single(pair.ServerEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Chunk_streams_without_end_end_the_connection()
    {
        var pair = Publishing();
        pair.ToServer([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        for (var id = 10; id < 60; id++)
        {
            pair.ToServer([(byte)id, 0, 0, 0, 0, 0, 2, 8, 1, 0, 0, 0, 1]);
        }
        Assert.StartsWith("Ended", Assert.Single(pair.ServerEvents), StringComparison.Ordinal);
    }
}
