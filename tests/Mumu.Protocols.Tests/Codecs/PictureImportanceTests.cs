// Which pictures count as disposable.
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class PictureImportanceTests
{
    [Fact]
    public void H264_pictures_without_nal_ref_idc_are_disposable()
    {
        var importance = new PictureImportance(Codec.H264);
        Assert.True(importance.IsDisposable(Unit([0x09, 0x30], [0x06, 1], [0x01, 2], [0x01, 3])));
        Assert.False(importance.IsDisposable(Unit([0x06, 1], [0x41, 2])));
        Assert.False(importance.IsDisposable(Unit([0x21, 2])));
        Assert.False(importance.IsDisposable(Unit([0x67, 1], [0x68, 1], [0x65, 2])));
        Assert.False(importance.IsDisposable(Unit([0x06, 1])));
    }

    [Fact]
    public void H265_pictures_of_the_highest_layer_are_disposable_once_it_is_known()
    {
        var importance = new PictureImportance(Codec.H265);
        byte[] trailing = [0x02, 0x02]; // TRAIL_R, temporal layer 1
        Assert.False(importance.IsDisposable(Unit(trailing)));
        importance.Learn(Unit([0x40, 0x01, 0x0C], [0x42, 0x01, 0x02], [0x44, 0x01, 0xC1], [0x26, 0x01, 0xAF])); // two layers
        Assert.True(importance.IsDisposable(Unit(trailing)));
        Assert.True(importance.IsDisposable(Unit([0x4E, 0x01, 5], [0x00, 0x02])));
        Assert.False(importance.IsDisposable(Unit([0x02, 0x01])));
        Assert.False(importance.IsDisposable(Unit([0x00, 0x01]))); // TRAIL_N of layer 0: layer 1 may refer to it

        importance.Learn(Unit([0x42, 0x01, 0x00])); // one layer
        Assert.True(importance.IsDisposable(Unit([0x00, 0x01])));
        Assert.False(importance.IsDisposable(Unit([0x02, 0x01])));
    }

    [Fact]
    public void Other_formats_and_nonsense_count_as_needed()
    {
        Assert.False(new PictureImportance(Codec.Vp8).IsDisposable(Unit([0x01, 2])));
        var random = new Random(3);
        foreach (var codec in new[] { Codec.H264, Codec.H265 })
        {
            var importance = new PictureImportance(codec);
            var whole = Unit([0x42, 0x01, 0x02], [0x01, 2, 3]);
            for (var length = 0; length < whole.Length; length++)
            {
                importance.Learn(whole.AsSpan(0, length));
                importance.IsDisposable(whole.AsSpan(0, length));
            }
            for (var i = 0; i < 10_000; i++)
            {
                var junk = (byte[])whole.Clone();
                junk[random.Next(junk.Length)] = (byte)random.Next(256);
                importance.Learn(junk);
                importance.IsDisposable(junk);
            }
        }
    }

    private static byte[] Unit(params byte[][] nals)
    {
        var unit = new List<byte>();
        foreach (var nal in nals)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, nal.Length);
            unit.AddRange(length);
            unit.AddRange(nal);
        }
        return [.. unit];
    }
}
