// What files, cameras over HTTP and readers of HLS send: sample tables, motion JPEG, decoder configurations, names.
using System.Text;
using Mumu.Agent.Hls;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mjpeg;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.Mp4.Files;
using Mumu.Protocols.Tests.Codecs;
using Mumu.Protocols.Tests.MpegTs;

namespace Mumu.Fuzz.Targets;

internal static class MediaFileTargets
{
    private static readonly byte[] s_moov = Moov();
    private static readonly Mp4TrackInfo s_track = Mp4Movie.TryParse(Box("moov", s_moov), out var movie)
        ? movie.Tracks[0]
        : throw new InvalidOperationException();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("mp4-samples", [s_moov], bytes => Mp4SampleTable.TryRead(bytes, s_track, 8L * bytes.Length, out _))
        {
            Factor = 400, // eight bytes of such a file may be eight samples
            Words = [.. Words("stsz", "stts", "stsc", "stco", "co64", "ctts", "stss", "elst")],
        },
        // It keeps a buffer of 64 KiB from the beginning.
        new("mjpeg", [Parts(hasLength: true), Parts(hasLength: false)], ReadParts)
        {
            Words = [.. Words("--frame", "\r\n\r\n", "Content-Length: ", "\n")],
            Room = 64 * 1024,
        },
        new(
            "mjpeg-type",
            [.. Words("multipart/x-mixed-replace; boundary=\"--frame\"; x=y")],
            bytes => MixedReplaceReader.BoundaryOf(Text(bytes))
        ),
        new("avcc", [Record(Codec.H264, TsMedia.Lengths(TsMedia.Sps, TsMedia.Pps))], bytes => Configure(Codec.H264, bytes)),
        new("hvcc", [Record(Codec.H265, H265())], bytes => Configure(Codec.H265, bytes)) { Room = 32 * 1024 },
        new(
            "av1c",
            [
                [0x81, 0, 0x0C, 0, 0x0A, 0x0B, 0, 0, 0, 0x24, 0xCF, 0x7F, 0x0D, 0xBF, 0xFF, 0x30, 0x08],
            ],
            bytes => Configure(Codec.Av1, bytes)
        ),
        new(
            "hls-address",
            [
                .. Words(
                    "/front/index.m3u8",
                    "/a/b/session=0123456789abcdef0123456789abcdef/video_7.2.m4s",
                    "/a/session=x/audio_init3.mp4",
                    "/a/session=x/video.m3u8"
                ),
            ],
            bytes => HlsAddress.TryParse(Text(bytes), out _)
        )
        {
            Words = [.. Words("/session=", "_", ".m4s", ".m3u8", "99999999999999999999", "/")],
        },
    ];

    private static void Configure(Codec codec, ReadOnlySpan<byte> record)
    {
        if (DecoderConfiguration.TryRead(codec, record, out var configuration, out _))
        {
            DecoderConfiguration.Write(codec, configuration);
            ParameterSets.TryGetSize(codec, configuration, out _, out _);
        }
    }

    private static void ReadParts(ReadOnlySpan<byte> bytes)
    {
        var reader = new MixedReplaceReader("--frame");
        for (var at = 0; at < bytes.Length; at += 100)
        {
            reader.Receive(bytes.Slice(at, Math.Min(100, bytes.Length - at)));
            while (reader.TryRead(out _)) { }
        }
    }

    private static byte[] Parts(bool hasLength)
    {
        byte[] picture = [0xFF, 0xD8, .. Enumerable.Repeat((byte)7, 60), 0xFF, 0xD9];
        var length = hasLength ? $"Content-Length: {picture.Length}\r\n" : "";
        byte[] part = [.. Encoding.ASCII.GetBytes($"--frame\r\nContent-Type: image/jpeg\r\n{length}\r\n"), .. picture, 13, 10];
        return [.. part, .. part, .. part];
    }

    private static byte[] Record(Codec codec, byte[] configuration) =>
        DecoderConfiguration.Write(codec, configuration) ?? throw new InvalidOperationException();

    private static byte[] H265() =>
        TsMedia.Lengths([0x40, 1, 0x0C, 1, 0xFF, 0xFF], RealParameterSets.Bytes(RealParameterSets.H265Main1080), [0x44, 1, 0xC1, 0x72]);

    // The moov of a progressive file with one track of six samples in two chunks: ours, with tables that have something in them.
    private static byte[] Moov()
    {
        var made = Mp4Track.TryCreate(1, Codec.H264, 90_000, 0, TsMedia.Lengths(TsMedia.Sps, TsMedia.Pps), out var track)
            ? Mp4Initialization.Write([track])
            : throw new InvalidOperationException();
        if (
            !BoxReader.TryFind(made, "moov"u8, out var moov)
            || !BoxReader.TryFind(moov, "mvhd"u8, out var mvhd)
            || !BoxReader.TryFind(moov, "trak"u8, out var trak)
            || !BoxReader.TryFind(trak, "tkhd"u8, out var tkhd)
            || !BoxReader.TryFind(trak, "mdia"u8, out var mdia)
            || !BoxReader.TryFind(mdia, "mdhd"u8, out var mdhd)
            || !BoxReader.TryFind(mdia, "hdlr"u8, out var hdlr)
            || !BoxReader.TryFind(mdia, "minf"u8, out var minf)
            || !BoxReader.TryFind(minf, "stbl"u8, out var stbl)
            || !BoxReader.TryFind(stbl, "stsd"u8, out var stsd)
        )
        {
            throw new InvalidOperationException();
        }
        byte[] tables =
        [
            .. Box("stsd", stsd.ToArray()),
            .. Numbers("stts", 2, 4, 3000, 2, 3600),
            .. Numbers("ctts", 2, 3, 6000, 3, 0),
            .. Numbers("stss", 2, 1, 4),
            .. Numbers("stsc", 2, 1, 4, 1, 2, 2, 1),
            .. Numbers("stsz", 0, 6, 100, 200, 300, 400, 500, 600),
            .. Numbers("stco", 2, 1000, 9000),
        ];
        byte[] media = [.. Box("mdhd", mdhd.ToArray()), .. Box("hdlr", hdlr.ToArray()), .. Box("minf", Box("stbl", tables))];
        byte[] inTrack = [.. Box("tkhd", tkhd.ToArray()), .. Box("edts", Numbers("elst", 1, 600, 6000, 0x10000)), .. Box("mdia", media)];
        return [.. Box("mvhd", mvhd.ToArray()), .. Box("trak", inTrack)];
    }

    private static byte[] Numbers(string name, params uint[] numbers) =>
        Box(name, [0, 0, 0, 0, .. numbers.SelectMany(n => (byte[])[(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n])]);

    private static byte[] Box(string name, byte[] payload)
    {
        var length = payload.Length + 8;
        return [0, 0, (byte)(length >> 8), (byte)length, .. Encoding.ASCII.GetBytes(name), .. payload];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static IEnumerable<byte[]> Words(params string[] words) => words.Select(Encoding.Latin1.GetBytes);
}
