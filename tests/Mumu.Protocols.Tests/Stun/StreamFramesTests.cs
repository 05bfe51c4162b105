// Streams cut into messages: whole, in single bytes, in random pieces, broken.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Stun;

public sealed class StreamFramesTests
{
    [Theory]
    [InlineData(StreamFraming.Turn)]
    [InlineData(StreamFraming.LengthPrefixed)]
    public void Messages_come_out_whole_however_the_stream_is_cut(StreamFraming framing)
    {
        var random = new Random(5);
        var expected = Messages(framing);
        var stream = expected.SelectMany(message => Framed(framing, message)).ToArray();
        for (var round = 0; round < 200; round++)
        {
            var frames = new StreamFrames(framing);
            var found = new List<byte[]>();
            for (var at = 0; at < stream.Length; )
            {
                var piece = round switch
                {
                    0 => stream.Length,
                    1 => 1,
                    _ => random.Next(1, 100),
                };
                ReadOnlySpan<byte> bytes = stream.AsSpan(at, Math.Min(piece, stream.Length - at));
                at += bytes.Length;
                while (frames.TryRead(ref bytes, out var message))
                {
                    found.Add(message.ToArray());
                }
                Assert.True(bytes.IsEmpty);
            }
            Assert.Equal(expected, found);
            Assert.False(frames.IsBroken);
        }
    }

    [Theory]
    [InlineData(StreamFraming.Turn, new byte[] { 0x80, 0, 0, 0 })]
    [InlineData(StreamFraming.Turn, new byte[] { 0xC0, 0, 0, 0 })]
    [InlineData(StreamFraming.Turn, new byte[] { 0, 1, 0, 3 })]
    [InlineData(StreamFraming.Turn, new byte[] { 0, 1, 0x10, 0 })]
    [InlineData(StreamFraming.Turn, new byte[] { 0x40, 1, 0xFF, 0xFF })]
    [InlineData(StreamFraming.LengthPrefixed, new byte[] { 0xFF, 0xFF, 0, 0 })]
    [InlineData(StreamFraming.LengthPrefixed, new byte[] { 0x08, 0x01 })]
    public void What_can_be_no_message_breaks_the_stream_for_good(StreamFraming framing, byte[] junk)
    {
        var frames = new StreamFrames(framing);
        ReadOnlySpan<byte> bytes = junk;
        Assert.False(frames.TryRead(ref bytes, out _));
        Assert.True(frames.IsBroken);
        bytes = Framed(framing, Messages(framing)[0]);
        Assert.False(frames.TryRead(ref bytes, out _));
    }

    [Fact]
    public void Junk_is_never_more_than_a_bounded_buffer()
    {
        var random = new Random(6);
        foreach (var framing in Enum.GetValues<StreamFraming>())
        {
            for (var i = 0; i < 2000; i++)
            {
                var frames = new StreamFrames(framing);
                var junk = new byte[300];
                random.NextBytes(junk);
                ReadOnlySpan<byte> bytes = junk;
                while (frames.TryRead(ref bytes, out var message))
                {
                    Assert.InRange(message.Length, 1, StreamFrames.MaxMessage);
                }
            }
        }
    }

    [Fact]
    public void Empty_packets_are_skipped()
    {
        var frames = new StreamFrames(StreamFraming.LengthPrefixed);
        ReadOnlySpan<byte> bytes = [0, 0, 0, 0, 0, 1, 9];
        Assert.True(frames.TryRead(ref bytes, out var message));
        Assert.Equal([9], message.ToArray());
    }

    private static byte[][] Messages(StreamFraming framing)
    {
        var random = new Random(4);
        var messages = new List<byte[]>();
        for (var length = 1; length < 1500; length += 113)
        {
            var body = new byte[length];
            random.NextBytes(body);
            messages.Add(framing == StreamFraming.Turn ? [0x40, 1, (byte)(length >> 8), (byte)length, .. body] : body);
            var stun = new byte[300];
            var writer = new StunWriter(stun, StunClass.Request, StunMethod.Binding, new StunTransactionId(1, (ulong)length));
            writer.Write(StunAttribute.Username, body.AsSpan(0, Math.Min(length, 200)));
            messages.Add(stun[..writer.Length]);
        }
        return [.. messages];
    }

    private static byte[] Framed(StreamFraming framing, byte[] message) =>
        framing == StreamFraming.LengthPrefixed
            ? [(byte)(message.Length >> 8), (byte)message.Length, .. message]
            : [.. message, .. new byte[-message.Length & 3]];
}
