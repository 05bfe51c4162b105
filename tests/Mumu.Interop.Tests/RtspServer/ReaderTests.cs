// ffmpeg and GStreamer read the simulator from our server: every frame, in order, bit for bit.
using System.Buffers.Binary;
using Mumu.Media.Sources.Simulator;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.RtspServer;

public sealed class ReaderTests : IAsyncLifetime
{
    private const int Frames = 120;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mumu-{Guid.NewGuid():N}.h264");
    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await ServedAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Ffmpeg_gets_every_frame(string transport)
    {
        await using var ffmpeg = MediaProgram.Ffmpeg(
            "-rtsp_transport",
            transport,
            "-i",
            _agent.Address("sim"),
            "-c",
            "copy",
            "-frames:v",
            $"{Frames}",
            "-f",
            "h264",
            _file
        );
        await ffmpeg.DoneAsync();
        Assert.DoesNotContain("missed", ffmpeg.Log, StringComparison.Ordinal);
        AssertWhole(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 1);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task GStreamer_gets_every_frame(string transport)
    {
        await using var gstreamer = MediaProgram.GStreamer(
            $"rtspsrc location={_agent.Address("sim")} protocols={transport} latency=200 ! rtph264depay ! h264parse ! "
                + $"video/x-h264,stream-format=byte-stream,alignment=au ! identity eos-after={Frames} ! filesink location={_file}"
        );
        await gstreamer.DoneAsync();
        AssertWhole(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 2);
    }

    // Each picture has a stamp in front: its number and the hash of its slice.
    private static void AssertWhole(byte[] stream, int least)
    {
        var unit = new List<byte>();
        long? last = null;
        var count = 0;
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal))
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, nal.Length);
            unit.AddRange(length);
            unit.AddRange(nal);
            if (NalHeader.H264Type(nal) is not (H264NalType.Slice or H264NalType.IdrSlice))
            {
                continue;
            }
            var whole = unit.ToArray();
            unit.Clear();
            Assert.True(SimulatorStamp.TryRead(whole, out var stamp), $"picture {count} has no stamp");
            Assert.True(stamp.Matches(whole), $"picture {stamp.Frame} was changed");
            Assert.True(last is null || stamp.Frame == last + 1, $"picture {stamp.Frame} follows {last}");
            last = stamp.Frame;
            count++;
        }
        Assert.True(count >= least, $"{count} pictures");
    }
}
