// Whoever publishes by one protocol is read by all others: every frame, in order, untouched, sound with its picture.
using Mumu.Interop.Tests.RtspServer;
using Mumu.Media.Streams;

namespace Mumu.Interop.Tests.Matrix;

public sealed class MatrixTests(Clips clips, ITestOutputHelper output) : IClassFixture<Clips>, IAsyncLifetime
{
    private const string Name = "matrix/clip";
    private const int Sounds = 40;
    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await ServedAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Theory]
    [InlineData(PublishedBy.RtspTcp, Formats.H264Aac)]
    [InlineData(PublishedBy.RtspTcp, Formats.H264Opus)]
    [InlineData(PublishedBy.RtspTcp, Formats.H265Aac)]
    [InlineData(PublishedBy.RtspUdp, Formats.H264Aac)]
    [InlineData(PublishedBy.RtspUdp, Formats.H264Opus)]
    [InlineData(PublishedBy.RtspUdp, Formats.H265Aac)]
    [InlineData(PublishedBy.Whip, Formats.H264Opus)]
    public async Task All_readers_get_every_frame(PublishedBy way, Formats formats)
    {
        var clip = clips[formats];
        await using var publisher = Publishers.Start(way, _agent, Name, clip);
        await Mumu.EndToEnd.Tests.Harness.Eventually.IsTrueAsync(
            () => Task.FromResult(_agent.Cameras.Find(Name)?.Stream.State == StreamState.Ready),
            TimeSpan.FromSeconds(60),
            "the published path"
        );
        var readers = new Readers(_agent, Name, formats, clips.Folder);
        var reading = new List<(string By, int Sounds, Task<Recording> Recording)>
        {
            ("RTSP over TCP", Sounds, readers.RtspTcpAsync()),
            ("RTSP over UDP", Sounds, readers.RtspUdpAsync()),
        };
        if (formats != Formats.H265Aac)
        {
            // WebRTC has no AAC: there is no sound unless it is transcoded.
            reading.Add(("WHEP", formats == Formats.H264Opus ? Sounds : 0, readers.WhepAsync()));
        }
        foreach (var (by, sounds, recording) in reading)
        {
            var got = await recording;
            output.WriteLine($"{by}: {got.Pictures.Count} pictures, {got.Sounds.Count} sounds");
            got.AssertIsOf(clip, Readers.Pictures - 2, sounds);
        }
    }
}
