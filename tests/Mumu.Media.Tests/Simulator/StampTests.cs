// Stamps and counter strips: what a check of "nothing lost" reads.
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Sources.Simulator.Encoding;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Simulator;

public sealed class StampTests
{
    private static readonly DateTimeOffset Clock = new(2026, 1, 1, 9, 59, 58, 123, TimeSpan.FromHours(2));

    [Fact]
    public void Every_frame_carries_its_number_clock_and_hash()
    {
        var maker = new FrameMaker(new SimulatorOptions { Width = 320, Height = 240 });
        for (var i = 0; i < 300; i++)
        {
            var unit = maker.Make(Clock.AddMilliseconds(i), isKeyFrame: i % 30 == 0);
            Assert.True(SimulatorStamp.TryRead(unit.Data, out var stamp));
            Assert.Equal(((uint)i, Clock.ToUnixTimeMilliseconds() + i), (stamp.Frame, stamp.UnixMilliseconds));
            Assert.True(stamp.Matches(unit.Data));
            unit.Buffer[^1] ^= 1;
            Assert.False(stamp.Matches(unit.Data));
            unit.Release();
        }
    }

    [Fact]
    public void The_ledger_is_told_what_is_published()
    {
        var told = new List<(uint Number, bool IsKeyFrame, string Hash)>();
        var maker = new FrameMaker(
            new SimulatorOptions
            {
                Width = 320,
                Height = 240,
                FrameMade = (in frame) => told.Add((frame.Stamp.Frame, frame.IsKeyFrame, Convert.ToHexString(frame.HashData()))),
            }
        );
        var first = maker.Make(Clock, isKeyFrame: true);
        var second = maker.Make(Clock, isKeyFrame: false);
        Assert.Equal([(0u, true, Hash(first.Data)), (1u, false, Hash(second.Data))], told);

        static string Hash(ReadOnlySpan<byte> data) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(data));
    }

    [Fact]
    public void A_stamp_behind_other_messages_is_found()
    {
        var bits = new BitWriter(64);
        var nal = new byte[128];
        var length = new SimulatorStamp(7, 8, 9).Write(bits, nal);
        byte[] message = nal[5..(length - 1)];
        byte[] foreign = [5, 36, .. new byte[36].Select(_ => (byte)0x11)];
        byte[] longNumber = [0xFF, 0x01, 2, 9, 9];
        byte[] unit = [0, 0, 0, 0, 6, .. foreign, .. longNumber, .. message, 0x80];
        unit[3] = (byte)(unit.Length - 4);
        Assert.True(SimulatorStamp.TryRead(unit, out var stamp));
        Assert.Equal(new SimulatorStamp(7, 8, 9), stamp);
    }

    [Fact]
    public void Cut_and_damaged_stamps_are_not_read_wrong()
    {
        var nal = new byte[128];
        var length = new SimulatorStamp(uint.MaxValue, long.MaxValue, ulong.MaxValue).Write(new BitWriter(64), nal);
        for (var cut = 5; cut < length - 1; cut++)
        {
            nal[3] = (byte)(cut - 4);
            Assert.False(SimulatorStamp.TryRead(nal.AsSpan(0, cut), out _));
        }
        var random = new Random(5);
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = nal[..length];
            damaged[3] = (byte)(length - 4);
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                damaged[random.Next(5, length)] = (byte)random.Next(256);
            }
            SimulatorStamp.TryRead(damaged, out var stamp);
            stamp.Matches(damaged);
        }
    }

    [Theory]
    [InlineData(1280, 720)]
    [InlineData(640, 360)]
    [InlineData(1920, 1080)]
    [InlineData(400, 304)]
    [InlineData(256, 144)]
    public void The_counter_is_read_from_the_decoded_picture(int width, int height)
    {
        var encoder = new H264Encoder(width, height, 30);
        var scene = new Scene(encoder);
        var slice = new byte[encoder.MaxLength];
        uint[] numbers = [0, 1, 2, 12345678, 0x80000001, 0xAAAAAAAA, 0x55555555, uint.MaxValue];
        foreach (var number in numbers)
        {
            scene.Draw(number, Clock.DateTime);
            encoder.Encode(slice, isIdr: number == 0, 40);
            var picture = new byte[encoder.Reconstruction.VisibleLength];
            encoder.Reconstruction.CopyVisible(picture);
            Assert.Equal(number, CounterStrip.Read(picture.AsSpan(0, width * height), width));
        }
    }

    [Fact]
    public void The_strip_is_where_its_description_says()
    {
        Assert.Equal((392, 24), CounterStrip.Centre(1280, 31));
        Assert.Equal((392 + 31 * 16, 24), CounterStrip.Centre(1280, 0));
        Assert.Equal((8, 24), CounterStrip.Centre(256, 31));
        Assert.Equal((8, 40), CounterStrip.Centre(256, 15));
    }
}
