// Motion JPEG over HTTP in the manners of different cameras, whole, in pieces, damaged.
using System.Text;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mjpeg;
using Mumu.Protocols.Tests.Rtp;

namespace Mumu.Protocols.Tests.Mjpeg;

public sealed class MixedReplaceTests
{
    // A frame header of 320×240 and some data.
    private static byte[] Picture(int number) =>
        [
            0xFF,
            0xD8,
            0xFF,
            0xC0,
            0,
            11,
            8,
            0,
            240,
            1,
            64,
            1,
            1,
            0x11,
            0,
            0xFF,
            0xDA,
            0,
            2,
            .. Enumerable.Repeat((byte)number, 500),
            0xFF,
            0xD9,
        ];

    private static byte[] Body(int count, string boundary, string newline, bool withLength)
    {
        var body = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            var picture = Picture(i);
            var length = withLength ? $"Content-Length: {picture.Length}{newline}" : "";
            body.AddRange(Encoding.ASCII.GetBytes($"{boundary}{newline}Content-Type: image/jpeg{newline}{length}{newline}"));
            body.AddRange([.. picture, .. Encoding.ASCII.GetBytes(newline)]);
        }
        body.AddRange(Encoding.ASCII.GetBytes($"{boundary}{newline}"));
        return [.. body];
    }

    private static List<byte[]> Read(MixedReplaceReader reader, byte[] body, int piece)
    {
        var pictures = new List<byte[]>();
        for (var at = 0; at < body.Length; at += piece)
        {
            reader.Receive(body.AsSpan(at, Math.Min(piece, body.Length - at)));
            while (reader.TryRead(out var picture))
            {
                pictures.Add(picture.ToArray());
            }
        }
        return pictures;
    }

    [Theory]
    [InlineData("multipart/x-mixed-replace; boundary=frame", "--frame", "\r\n", true)]
    [InlineData("multipart/x-mixed-replace; boundary=frame", "--frame", "\r\n", false)]
    [InlineData("multipart/x-mixed-replace;boundary=\"--frame\"", "--frame", "\r\n", true)] // dashes in the name
    [InlineData("multipart/x-mixed-replace; boundary=--frame", "----frame", "\n", false)] // as the RFC means it
    [InlineData("Multipart/x-mixed-replace; charset=x; BOUNDARY=frame", "--frame", "\n", true)]
    public void Every_picture_comes_out_whatever_the_manner(string type, string boundary, string newline, bool withLength)
    {
        foreach (var piece in (int[])[1, 7, 1_000, int.MaxValue / 2])
        {
            var reader = new MixedReplaceReader(MixedReplaceReader.BoundaryOf(type)!);
            var pictures = Read(reader, Body(5, boundary, newline, withLength), piece);
            Assert.Equal(Enumerable.Range(0, 5).Select(Picture), pictures);
            Assert.False(reader.IsBroken);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/html; boundary=x")]
    [InlineData("multipart/x-mixed-replace")]
    [InlineData("multipart/x-mixed-replace; boundary=\"\"")]
    [InlineData("multipart/x-mixed-replace; boundary=----")]
    public void A_type_without_a_boundary_is_none(string? type) => Assert.Null(MixedReplaceReader.BoundaryOf(type));

    [Fact]
    public void A_type_longer_than_any_is_not_taken_apart()
    {
        Assert.Equal("x", MixedReplaceReader.BoundaryOf($"multipart/x-mixed-replace{new string(';', 500)}boundary=x"));
        Assert.Null(MixedReplaceReader.BoundaryOf($"multipart/x-mixed-replace{new string(';', 1000)}boundary=x"));
    }

    [Fact]
    public void Parts_that_are_no_pictures_are_skipped()
    {
        var body = Encoding
            .ASCII.GetBytes("--b\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello\r\n")
            .Concat(Body(2, "--b", "\r\n", true));
        var reader = new MixedReplaceReader("b");
        Assert.Equal(2, Read(reader, [.. body], 13).Count);
        Assert.Equal(1, reader.Skipped);
    }

    [Fact]
    public void What_has_no_end_is_given_up()
    {
        var reader = new MixedReplaceReader("b");
        reader.Receive("--b\r\n\r\n"u8);
        for (var i = 0; i < 40 && !reader.IsBroken; i++)
        {
            reader.Receive(new byte[1 << 20]);
            Assert.False(reader.TryRead(out _));
        }
        Assert.True(reader.IsBroken);

        var head = new MixedReplaceReader("b");
        head.Receive([.. "--b\r\n"u8, .. Enumerable.Repeat((byte)'x', 20_000)]);
        Assert.False(head.TryRead(out _));
        Assert.True(head.IsBroken);

        var length = new MixedReplaceReader("b");
        length.Receive("--b\r\nContent-Length: 4294967295\r\n\r\n"u8);
        Assert.False(length.TryRead(out _));
        Assert.True(length.IsBroken);
    }

    [Fact]
    public void Truncated_and_damaged_bodies_do_no_harm()
    {
        foreach (var damaged in Mutations.Of(Body(3, "--b", "\r\n", true)).Concat(Mutations.Of(Body(2, "--b", "\n", false), seed: 2)))
        {
            Assert.All(Read(new MixedReplaceReader("b"), damaged, 300), picture => Assert.Equal(0xFF, picture[0]));
        }
    }

    [Fact]
    public void A_picture_tells_its_size()
    {
        var picture = Picture(1);
        Assert.True(ParameterSets.TryGetSize(Codec.Jpeg, picture, out var width, out var height));
        Assert.Equal((320, 240), (width, height));
        var head = new byte[ParameterSets.MaxLength];
        var length = ParameterSets.Collect(Codec.Jpeg, picture, head);
        Assert.True(ParameterSets.TryGetSize(Codec.Jpeg, head.AsSpan(0, length), out width, out _));
        Assert.Equal((320, 15), (width, length));
        Assert.True(JpegHeader.IsWhole(picture));
        Assert.False(JpegHeader.IsWhole(picture.AsSpan(0, picture.Length - 1)));
        foreach (var damaged in Mutations.Of(picture))
        {
            Assert.True(!JpegHeader.TryParse(damaged, out var found) || found.Width > 0);
        }
    }
}
