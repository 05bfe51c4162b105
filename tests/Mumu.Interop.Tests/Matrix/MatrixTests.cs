// Whoever publishes by one protocol is read by all others: every frame, in order, untouched, sound with its picture.
using System.Text.Json;
using Mumu.Interop.Tests.RtspServer;
using Mumu.Media.Streams;

namespace Mumu.Interop.Tests.Matrix;

public sealed class MatrixTests(Clips clips, ITestOutputHelper output) : IClassFixture<Clips>, IAsyncLifetime
{
    private const string Name = "matrix/clip";
    private const int Sounds = 40;
    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() =>
        _agent = await ServedAgent.StartAsync(
            folder =>
            {
                foreach (var formats in Enum.GetValues<Formats>())
                {
                    Directory.CreateDirectory(Path.Combine(folder, "media"));
                    File.Copy(clips[formats].Path, Path.Combine(folder, "media", $"{formats}.mp4"));
                }
            },
            string.Concat(
                Enum.GetValues<Formats>()
                    .Select(formats =>
                        $$"""{{JsonSerializer.Serialize(FileCamera(formats))}}: { "source": "file", "file": "{{formats}}.mp4" }, """
                    )
            )
        );

    private static string FileCamera(Formats formats) => $"file-{formats}".ToLowerInvariant();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Theory]
    [InlineData(PublishedBy.RtspTcp, Formats.H264Aac)]
    [InlineData(PublishedBy.RtspTcp, Formats.H264Opus)]
    [InlineData(PublishedBy.RtspTcp, Formats.H265Aac)]
    [InlineData(PublishedBy.RtspUdp, Formats.H264Aac)]
    [InlineData(PublishedBy.RtspUdp, Formats.H264Opus)]
    [InlineData(PublishedBy.RtspUdp, Formats.H265Aac)]
    [InlineData(PublishedBy.Rtmp, Formats.H264Aac)] // the rest is enhanced RTMP, which ffmpeg 5.1 does not speak
    [InlineData(PublishedBy.Whip, Formats.H264Opus)]
    [InlineData(PublishedBy.File, Formats.H264Aac)]
    [InlineData(PublishedBy.File, Formats.H264Opus)]
    [InlineData(PublishedBy.File, Formats.H265Aac)]
    public async Task All_readers_get_every_frame(PublishedBy way, Formats formats)
    {
        var clip = clips[formats];
        var path = way == PublishedBy.File ? FileCamera(formats) : Name;
        await using var publisher = Publishers.Start(way, _agent, path, clip);
        if (publisher is not null)
        {
            await Mumu.EndToEnd.Tests.Harness.Eventually.IsTrueAsync(
                () => Task.FromResult(_agent.Cameras.Find(path)?.Stream.State == StreamState.Ready),
                TimeSpan.FromSeconds(60),
                "the published path"
            );
        }
        var readers = new Readers(_agent, path, formats, clips.Folder);
        var reading = new List<(string By, int Sounds, Task<Recording> Recording)>
        {
            ("RTSP over TCP", Sounds, readers.RtspTcpAsync()),
            ("RTSP over UDP", Sounds, readers.RtspUdpAsync()),
            ("HLS", Sounds, readers.HlsAsync()),
        };
        if (formats != Formats.H265Aac)
        {
            // WebRTC has no AAC: there is no sound unless it is transcoded.
            reading.Add(("WHEP", formats == Formats.H264Opus ? Sounds : 0, readers.WhepAsync()));
        }
        if (formats == Formats.H264Aac)
        {
            reading.Add(("RTMP", Sounds, readers.RtmpAsync()));
        }
        foreach (var (by, sounds, recording) in reading)
        {
            var got = await recording;
            output.WriteLine($"{by}: {got.Pictures.Count} pictures, {got.Sounds.Count} sounds");
            got.AssertIsOf(clip, Readers.Pictures - 2, sounds);
        }
    }
}
