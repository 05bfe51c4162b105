// Containers: fragmented MP4 and MPEG transport streams.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.MpegTs;
using Mumu.Protocols.Tests.MpegTs;

namespace Mumu.Fuzz.Targets;

internal static class ContainerTargets
{
    private static readonly byte[] s_initialization = Mp4Initialization.Write([Video(), Audio()]);
    private static readonly Mp4Movie s_movie = Mp4Movie.TryParse(s_initialization, out var movie)
        ? movie
        : throw new InvalidOperationException();
    private static readonly byte[] s_fragment = Fragment();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("mp4-movie", [s_initialization], bytes => Mp4Movie.TryParse(bytes, out _)),
        new("mp4-fragment", [s_fragment], bytes => new Mp4FragmentReader(s_movie).TryRead(bytes, [])) { Room = 1024 * 1024 },
        new("ts", [TsMedia.Show(6).Bytes(), TsMedia.Show(3, opus: true).Bytes(204)], Demux) { Room = 256 * 1024 },
    ];

    private static void Demux(ReadOnlySpan<byte> bytes)
    {
        var demuxer = new TsDemuxer();
        for (var at = 0; at < bytes.Length; at += 1000)
        {
            demuxer.Receive(bytes.Slice(at, Math.Min(1000, bytes.Length - at)));
            while (demuxer.TryRead(out _)) { }
        }
        demuxer.Flush();
        while (demuxer.TryRead(out _)) { }
    }

    private static Mp4Track Video() => Track(1, Codec.H264, 90_000, 0, TsMedia.Lengths(TsMedia.Sps, TsMedia.Pps));

    private static Mp4Track Audio() => Track(2, Codec.Aac, 48_000, 2, [0x11, 0x90]);

    private static Mp4Track Track(int id, Codec codec, int clockRate, int channels, byte[] configuration) =>
        Mp4Track.TryCreate(id, codec, clockRate, channels, configuration, out var track) ? track : throw new InvalidOperationException();

    private static byte[] Fragment()
    {
        var writer = new Mp4FragmentWriter();
        writer.Begin(7);
        writer.AddRun(Video(), 1L << 40, [new(3, 3000, 6000, true), new(2, 3600, -3000, false)]);
        writer.AddRun(Audio(), 48_000, [new(1, 1024, 0, true)]);
        return [.. writer.End(), 1, 2, 3, 4, 5, 6];
    }
}
