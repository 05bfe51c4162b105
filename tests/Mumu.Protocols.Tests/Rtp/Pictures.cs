// Made-up pictures with the NAL headers that matter and random insides.
using System.Buffers.Binary;

namespace Mumu.Protocols.Tests.Rtp;

internal static class Pictures
{
    internal static readonly byte[] Sps = [0x67, 0x42, 0xC0, 0x1F, 0x80, 1, 2, 3];
    internal static readonly byte[] Pps = [0x68, 0x80, 9];
    internal static readonly byte[] Vps5 = [0x40, 1, 0x0C, 1];
    internal static readonly byte[] Sps5 = [0x42, 1, 1, 2, 3];
    internal static readonly byte[] Pps5 = [0x44, 1, 0x80, 4];

    internal static byte[] Unit(params IEnumerable<byte[]> nals) =>
        [
            .. nals.SelectMany(nal =>
            {
                var prefix = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(prefix, nal.Length);
                return prefix.Concat(nal);
            }),
        ];

    /// <summary>A NAL unit of the given header; the byte behind says "first slice" and "no I slice".</summary>
    internal static byte[] Nal(byte[] header, int length, int seed = 0, byte firstByte = 0x9A)
    {
        var nal = new byte[length];
        new Random(seed * 1_000_003 + length).NextBytes(nal);
        header.CopyTo(nal, 0);
        if (length > header.Length)
        {
            nal[header.Length] = firstByte;
        }
        return nal;
    }

    internal static byte[] Idr(int length, int seed = 0) => Nal([0x65], length, seed, 0x88);

    internal static byte[] Slice(int length, int seed = 0) => Nal([0x41], length, seed);

    internal static byte[] Key(int length, int seed = 0) => Unit(Sps, Pps, Idr(length, seed));

    internal static byte[] Delta(int length, int seed = 0) => Unit(Slice(length, seed));

    internal static byte[] Key5(int length, int seed = 0) => Unit(Vps5, Sps5, Pps5, Nal([0x26, 1], length, seed, 0x80));

    internal static byte[] Delta5(int length, int seed = 0) => Unit(Nal([0x02, 1], length, seed, 0x80));
}
