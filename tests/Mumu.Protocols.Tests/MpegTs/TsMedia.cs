// Elementary streams for transport stream tests.
using System.Buffers.Binary;
using Mumu.Protocols.MpegTs;
using Mumu.Protocols.Tests.Codecs;

namespace Mumu.Protocols.Tests.MpegTs;

internal static class TsMedia
{
    public const int VideoPid = 0x101;
    public const int AudioPid = 0x102;

    public static readonly byte[] OpusDescriptors = [0x05, 4, (byte)'O', (byte)'p', (byte)'u', (byte)'s', 0x7F, 2, 0x80, 2];

    public static byte[] Sps => RealParameterSets.Bytes(RealParameterSets.Main1080At25);

    public static byte[] Pps => RealParameterSets.Bytes(RealParameterSets.CabacPps);

    /// <summary>An H.264 slice whose bytes tell its number.</summary>
    public static byte[] Slice(int number, bool isKey, int length = 300)
    {
        var nal = new byte[length];
        new Random(number).NextBytes(nal);
        for (var i = 0; i < nal.Length; i++)
        {
            nal[i] |= 0x10; // no start codes by chance
        }
        nal[0] = (byte)(isKey ? 0x65 : 0x41);
        return nal;
    }

    public static byte[] AnnexB(params byte[][] nals) => [.. nals.SelectMany(nal => (byte[])[0, 0, 0, 1, .. nal])];

    public static byte[] Lengths(params byte[][] nals)
    {
        var all = new List<byte>();
        foreach (var nal in nals)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, nal.Length);
            all.AddRange([.. length, .. nal]);
        }
        return [.. all];
    }

    public static byte[] Picture(int number, bool isKey) =>
        isKey ? AnnexB([0x09, 0xF0], Sps, Pps, Slice(number, true)) : AnnexB([0x09, 0xF0], Slice(number, false));

    public static byte[] Expected(int number, bool isKey) => isKey ? Lengths(Sps, Pps, Slice(number, true)) : Lengths(Slice(number, false));

    /// <summary>An ADTS frame: AAC-LC, 48 kHz, stereo.</summary>
    public static byte[] Adts(byte[] frame, int rateIndex = 3)
    {
        var length = frame.Length + 7;
        return
        [
            0xFF,
            0xF1,
            (byte)(0x40 | rateIndex << 2),
            (byte)(0x80 | length >> 11),
            (byte)(length >> 3),
            (byte)((length & 7) << 5 | 0x1F),
            0xFC,
            .. frame,
        ];
    }

    public static byte[] Sound(int number, int length = 120) => [.. Enumerable.Repeat((byte)number, length)];

    /// <summary>Video at 25 a second with a key frame each five, and AAC or Opus beside it, from one moment on.</summary>
    public static TsBuilder Show(int pictures, long start = 90_000, bool opus = false, TsBuilder? after = null)
    {
        var ts = after ?? new TsBuilder();
        for (var i = 0; i < pictures; i++)
        {
            if (i % 5 == 0)
            {
                ts.Tables((VideoPid, 0x1B, []), (AudioPid, opus ? 0x06 : 0x0F, opus ? OpusDescriptors : []));
            }
            var time = start + i * 3_600L;
            ts.Media(
                VideoPid,
                TsBuilder.Pes(0xE0, time, null, Picture(i, i % 5 == 0), isBounded: i % 2 == 0),
                i % 5 == 0,
                (time & (1L << 33) - 1) * 300
            );
            byte[] sound = opus ? [.. Opus(2 * i), .. Opus(2 * i + 1)] : [.. Adts(Sound(2 * i)), .. Adts(Sound(2 * i + 1))];
            // Opus of 20 ms fills 40 ms; AAC of 21.3 ms drifts on by itself, as its stamps say.
            var at = opus ? time : start + i * 2 * 1_920L;
            ts.Media(AudioPid, TsBuilder.Pes(opus ? (byte)0xBD : (byte)0xC0, at, null, sound));
        }
        return ts;
    }

    public static byte[] Opus(int number)
    {
        byte[] packet = [0xF8, .. Sound(number, 80)]; // CELT, 20 ms
        return [0x7F, 0xE0, (byte)packet.Length, .. packet];
    }

    /// <summary>Everything a demultiplexer makes of bytes fed in pieces.</summary>
    public static List<TsSeen> Demux(TsDemuxer demuxer, byte[] bytes, int piece = int.MaxValue, bool flush = true)
    {
        var seen = new List<TsSeen>();
        for (var at = 0; at < bytes.Length; )
        {
            var take = Math.Min(piece, bytes.Length - at);
            demuxer.Receive(bytes.AsSpan(at, take));
            at += take;
            Drain(demuxer, seen);
        }
        if (flush)
        {
            demuxer.Flush();
            Drain(demuxer, seen);
        }
        return seen;
    }

    public static void Drain(TsDemuxer demuxer, List<TsSeen> seen)
    {
        while (demuxer.TryRead(out var next))
        {
            seen.Add(new TsSeen(next.Tracks, next.Track, next.Timestamp, next.DecodeTimestamp, next.IsKeyFrame, next.Data.ToArray()));
        }
    }
}

internal sealed record TsSeen(IReadOnlyList<TsTrack>? Tracks, int Track, long Time, long Decode, bool IsKey, byte[] Data);
