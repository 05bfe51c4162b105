// Packetised, carried over a network of any temper, put together again: nothing damaged ever comes out.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class RoundTripTests
{
    private static Track TrackOf(Codec codec, RtpReceiverOptions? options = null) =>
        codec switch
        {
            Codec.H264 => new(new H264Packetizer(), new H264Depacketizer(), options),
            Codec.H265 => new(new H265Packetizer(), new H265Depacketizer(), options),
            Codec.Vp8 => new(new Vp8Packetizer(), new Vp8Depacketizer(), options),
            Codec.Vp9 => new(new Vp9Packetizer(), new Vp9Depacketizer(), options),
            _ => new(new Av1Packetizer(), new Av1Depacketizer(), options),
        };

    private static List<byte[]> Stream(Codec codec, int count, int group = 10)
    {
        var random = new Random(3);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    (codec, i % group == 0) switch
                    {
                        (Codec.H264, true) => Pictures.Key(random.Next(500, 5_000), i),
                        (Codec.H264, false) => Pictures.Delta(random.Next(2, 1_500), i),
                        (Codec.H265, true) => Pictures.Key5(random.Next(500, 5_000), i),
                        (Codec.H265, false) => Pictures.Delta5(random.Next(3, 1_500), i),
                        (_, true) => Frames.Key(codec, random.Next(500, 5_000), i),
                        (_, false) => Frames.Delta(codec, random.Next(2, 1_500), i),
                    }
                ),
        ];
    }

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.H265)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Without_loss_every_byte_arrives(Codec codec)
    {
        var track = TrackOf(codec);
        var stream = Stream(codec, 100);
        for (var i = 0; i < stream.Count; i++)
        {
            foreach (var packet in track.Send(stream[i], uint.MaxValue - 20 * 3_000 + (uint)i * 3_000))
            {
                track.Deliver(packet, TimeSpan.FromMilliseconds(i * 33));
            }
        }
        Assert.Equal(stream.Count, track.Units.Count);
        for (var i = 0; i < stream.Count; i++)
        {
            Assert.Equal(stream[i], track.Units[i].Data);
            Assert.Equal(i * 3_000L, track.Units[i].Timestamp);
            Assert.Equal(i % 10 == 0, track.Units[i].IsKeyFrame);
        }
        Assert.Equal(0, track.Receiver.Lost + track.Receiver.Rejected + track.Receiver.Depacketizer.DroppedUnits);
    }

    [Theory]
    [InlineData(Codec.H264, 0.01, 1)]
    [InlineData(Codec.H264, 0.05, 2)]
    [InlineData(Codec.H264, 0.20, 3)]
    [InlineData(Codec.H265, 0.01, 4)]
    [InlineData(Codec.H265, 0.05, 5)]
    [InlineData(Codec.H265, 0.20, 6)]
    [InlineData(Codec.Vp8, 0.01, 7)]
    [InlineData(Codec.Vp8, 0.05, 8)]
    [InlineData(Codec.Vp8, 0.20, 9)]
    [InlineData(Codec.Vp9, 0.01, 10)]
    [InlineData(Codec.Vp9, 0.05, 11)]
    [InlineData(Codec.Vp9, 0.20, 12)]
    [InlineData(Codec.Av1, 0.01, 13)]
    [InlineData(Codec.Av1, 0.05, 14)]
    [InlineData(Codec.Av1, 0.20, 15)]
    public void With_loss_whole_groups_come_out_and_nothing_damaged(Codec codec, double loss, int seed)
    {
        var random = new Random(seed);
        var track = TrackOf(codec);
        var stream = Stream(codec, 2_000);
        var broken = new HashSet<int>();
        for (var i = 0; i < stream.Count; i++)
        {
            foreach (var packet in track.Send(stream[i], (uint)i * 3_000))
            {
                if (random.NextDouble() < loss)
                {
                    broken.Add(i);
                }
                else
                {
                    track.Deliver(packet, TimeSpan.FromMilliseconds(i * 33));
                }
            }
        }
        AssertDecodable(stream, broken, track);
        Assert.True(track.Receiver.Lost > 0);
        Assert.True(track.Receiver.Depacketizer.DroppedUnits > 0);
    }

    // Every unit that came out is bit-exact and follows its group without a hole; every group's undamaged beginning came out, unless its key frame lost something.
    private static void AssertDecodable(List<byte[]> stream, HashSet<int> broken, Track track)
    {
        var first = track.Units[0].Timestamp;
        var offset = stream.FindIndex(unit => track.Units[0].Data.AsSpan().SequenceEqual(unit));
        var came = new HashSet<int>();
        foreach (var (data, timestamp, isKey) in track.Units)
        {
            var index = (int)((timestamp - first) / 3_000) + offset;
            Assert.Equal(stream[index], data);
            Assert.Equal(index % 10 == 0, isKey);
            if (isKey)
            {
                broken.Remove(index); // only its parameter sets were lost, and those were known
            }
            Assert.DoesNotContain(index, broken);
            Assert.True(isKey || came.Contains(index - 1));
            came.Add(index);
        }
        for (var i = offset; i < stream.Count - 1; i++)
        {
            var isWhole = Enumerable.Range(i - i % 10, i % 10 + 1).All(j => !broken.Contains(j));
            Assert.Equal(isWhole, came.Contains(i));
        }
    }

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.H265)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Reordered_and_doubled_datagrams_change_nothing(Codec codec)
    {
        var random = new Random(8);
        var track = TrackOf(codec, RtpReceiverOptions.Datagrams);
        var stream = Stream(codec, 500);
        var flight = new List<(double At, byte[] Packet)>();
        for (var i = 0; i < stream.Count; i++)
        {
            foreach (var packet in track.Send(stream[i], (uint)i * 3_000))
            {
                flight.Add((i * 33 + random.NextDouble() * 60, packet));
                if (random.Next(10) == 0)
                {
                    flight.Add((i * 33 + random.NextDouble() * 60, packet));
                }
            }
        }
        // The first packet fixes where the numbers begin, so it must not be overtaken.
        flight[0] = (-1, flight[0].Packet);
        foreach (var (at, packet) in flight.OrderBy(entry => entry.At))
        {
            track.Deliver(packet, TimeSpan.FromMilliseconds(at));
        }
        track.Tick(TimeSpan.FromHours(1));
        Assert.Equal(stream, track.Units.Select(unit => unit.Data));
        Assert.Equal(0, track.Receiver.Lost);
        Assert.True(track.Receiver.Late > 0);
    }

    [Theory]
    [InlineData(Codec.H264, 0.02)]
    [InlineData(Codec.H264, 0.2)]
    [InlineData(Codec.Vp8, 0.02)]
    [InlineData(Codec.Vp8, 0.2)]
    [InlineData(Codec.Vp9, 0.02)]
    [InlineData(Codec.Vp9, 0.2)]
    [InlineData(Codec.Av1, 0.02)]
    [InlineData(Codec.Av1, 0.2)]
    public void Reordered_datagrams_with_loss_still_give_only_whole_groups(Codec codec, double loss)
    {
        var random = new Random(9);
        var track = TrackOf(codec, RtpReceiverOptions.Datagrams);
        var stream = Stream(codec, 1_000);
        var broken = new HashSet<int>();
        var flight = new List<(double At, byte[] Packet)>();
        for (var i = 0; i < stream.Count; i++)
        {
            foreach (var packet in track.Send(stream[i], (uint)i * 3_000))
            {
                if (flight.Count > 0 && random.NextDouble() < loss)
                {
                    broken.Add(i);
                }
                else
                {
                    flight.Add((flight.Count == 0 ? -1 : i * 33 + random.NextDouble() * 60, packet));
                }
            }
        }
        foreach (var (at, packet) in flight.OrderBy(entry => entry.At))
        {
            track.Tick(TimeSpan.FromMilliseconds(at));
            track.Deliver(packet, TimeSpan.FromMilliseconds(at));
        }
        track.Tick(TimeSpan.FromHours(1));
        AssertDecodable(stream, broken, track);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1_500)]
    [InlineData(8_191)]
    public void Aac_frames_round_trip(int length)
    {
        var track = new Track(new AacPacketizer(), new AacDepacketizer());
        var frames = Enumerable.Range(0, 20).Select(i => Pictures.Nal([], length, i)).ToList();
        for (var i = 0; i < frames.Count; i++)
        {
            foreach (var packet in track.Send(frames[i], (uint)i * 1_024))
            {
                track.Deliver(packet, default);
            }
        }
        Assert.Equal(frames, track.Units.Select(unit => unit.Data));
    }

    [Fact]
    public void A_lost_fragment_of_an_aac_frame_loses_that_frame_only()
    {
        var track = new Track(new AacPacketizer(), new AacDepacketizer());
        var frames = Enumerable.Range(0, 3).Select(i => Pictures.Nal([], 1_000, i)).ToList();
        var packets = frames.Select((frame, i) => track.Send(frame, (uint)i * 1_024)).ToList();
        packets[1].RemoveAt(1);
        foreach (var packet in packets.SelectMany(list => list))
        {
            track.Deliver(packet, default);
        }
        Assert.Equal([frames[0], frames[2]], track.Units.Select(unit => unit.Data));
        Assert.True(track.Receiver.Depacketizer.DroppedUnits > 0);
    }

    [Fact]
    public void Opus_and_g711_frames_round_trip_and_loss_costs_only_what_was_lost()
    {
        var track = new Track(new WholeFramePacketizer(), new WholeFrameDepacketizer());
        for (var i = 0; i < 10; i++)
        {
            var packet = Assert.Single(track.Send([(byte)i, 1, 2], (uint)i * 960));
            if (i != 4)
            {
                track.Deliver(packet, default);
            }
        }
        Assert.Equal([0, 1, 2, 3, 5, 6, 7, 8, 9], track.Units.Select(unit => (int)unit.Data[0]));
        Assert.All(track.Units, unit => Assert.True(unit.IsKeyFrame));
        Assert.Equal(1, track.Receiver.Lost);
    }
}
