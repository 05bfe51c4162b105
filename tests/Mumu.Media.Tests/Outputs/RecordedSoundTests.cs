// Sound that a report moves back under packets of several frames: every frame arrives, none goes back.
using System.Buffers.Binary;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Media.Tests.Outputs;

public sealed class RecordedSoundTests
{
    private const int FramesAPacket = 8;
    private const int Packets = 12;
    private const int FrameTicks = 1024;
    private const double Rate = 48_000;

    [Theory]
    [InlineData(-0.060)]
    [InlineData(-0.030)]
    [InlineData(0.030)]
    public void No_frame_is_lost_when_reports_move_the_sound(double late)
    {
        var sink = new Sink();
        var lane = new RtspLane(0, 1);
        // The first track leads; what it is does not matter here.
        var main = new RtspTrack(
            0,
            new TrackFormat(MediaKind.Audio, Codec.Pcmu, 8000, 1, default),
            false,
            () => new WholeFrameDepacketizer()
        );
        var aac = new RtspTrack(1, new TrackFormat(MediaKind.Audio, Codec.Aac, 48_000, 2, default), false, () => new AacDepacketizer());
        var media = new RecordedMedia([new RecordedTrack(main, lane), new RecordedTrack(aac, lane)], sink);

        media.ReceiveRtp(0, Packet(0, 0, [1, 2, 3]), TimeSpan.Zero);
        for (var i = 0; i < Packets; i++)
        {
            var now = TimeSpan.FromSeconds(0.1 + i * FramesAPacket * FrameTicks / Rate);
            media.ReceiveRtp(1, Packet((ushort)i, (uint)(i * FramesAPacket * FrameTicks), Frames(i)), now);
            if (i == 2)
            {
                media.ReceiveRtcp(0, Report(0, 0), now);
                media.ReceiveRtcp(1, Report(0.1 + late, 0), now);
            }
        }

        Assert.Equal(Enumerable.Range(0, Packets * FramesAPacket), sink.Sound.Select(unit => (int)unit.Number));
        Assert.All(sink.Sound.Zip(sink.Sound.Skip(1)), pair => Assert.True(pair.Second.Time > pair.First.Time));
        // At last it is where the reports say.
        Assert.Equal((Packets * FramesAPacket - 1) * FrameTicks / Rate + 0.1 + late, sink.Sound[^1].Time / Rate, 0.002);
    }

    private static byte[] Packet(ushort number, uint time, byte[] payload)
    {
        var packet = new byte[RtpHeader.MinLength + payload.Length];
        RtpHeader.Write(packet, 97, true, new SequenceNumber(number), new RtpTimestamp(time), new Ssrc(7));
        payload.CopyTo(packet, RtpHeader.MinLength);
        return packet;
    }

    // AAC-hbr: sizes of all frames, then the frames, each of two bytes that tell its number.
    private static byte[] Frames(int packet)
    {
        var payload = new byte[2 + 4 * FramesAPacket];
        BinaryPrimitives.WriteUInt16BigEndian(payload, 16 * FramesAPacket);
        for (var i = 0; i < FramesAPacket; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2 + 2 * i), 2 << 3);
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2 + 2 * FramesAPacket + 2 * i), (ushort)(packet * FramesAPacket + i));
        }
        return payload;
    }

    private static byte[] Report(double seconds, uint time)
    {
        var report = new byte[64];
        var ntp = (ulong)((1_000_000 + seconds) * 4294967296.0);
        return report[..SenderReport.Write(report, new Ssrc(7), ntp, new RtpTimestamp(time), 1, 1)];
    }

    private sealed class Sink : IUnitSink
    {
        public List<(ushort Number, long Time)> Sound { get; } = [];

        public void Announce(IReadOnlyList<TrackFormat> tracks) => Assert.Equal(2, tracks.Count);

        public void Publish(Unit unit)
        {
            if (unit.Track == 1)
            {
                Sound.Add((BinaryPrimitives.ReadUInt16BigEndian(unit.Data), unit.Timestamp));
            }
            unit.Release();
        }
    }
}
