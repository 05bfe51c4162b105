// Tags of encoders as units: odd lengths, configurations beside and within, sound that comes late, clocks that start over.
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Tests.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Outputs;

public sealed class RtmpIntakeTests
{
    private static readonly byte[] s_sps = Convert.FromHexString("6764000DACD94141FB011000000300100000030320F1429960");
    private static readonly byte[] s_pps = Convert.FromHexString("68EBECB22C");
    private readonly RecordingSink _sink = new();

    private static byte[] Configuration(int lengthSize) =>
        [
            0x17,
            0,
            0,
            0,
            0,
            1,
            0x64,
            0,
            0x0D,
            (byte)(0xFC | (lengthSize - 1)),
            0xE1,
            0,
            (byte)s_sps.Length,
            .. s_sps,
            1,
            0,
            (byte)s_pps.Length,
            .. s_pps,
        ];

    [Fact]
    public async Task Short_lengths_grow_and_key_frames_get_their_parameter_sets()
    {
        using var intake = new RtmpIntake(_sink);
        intake.Video(0, Configuration(2), default);
        intake.Audio(0, [0xAF, 0, 0x12, 0x10], default);
        intake.Video(0, [0x17, 1, 0, 0, 80, 0, 2, 0x65, 1, 0, 2, 0x65, 2], default);
        intake.Video(40, [0x27, 1, 0, 0, 0, 0, 2, 0x41, 3], default);
        intake.Audio(41, [0xAF, 1, 9], default);
        var got = await _sink.TakeAsync(3);
        Assert.Equal([0, 0, 0, 25, .. s_sps, 0, 0, 0, 5, .. s_pps, 0, 0, 0, 2, 0x65, 1, 0, 0, 0, 2, 0x65, 2], got[0].Data);
        Assert.Equal((80 * 90, true), (got[0].Timestamp, got[0].IsKeyFrame));
        Assert.Equal([0, 0, 0, 2, 0x41, 3], got[1].Data);
        Assert.Equal((1, 41 * 44100 / 1000), (got[2].Track, got[2].Timestamp));
        Assert.Equal([Codec.H264, Codec.Aac], _sink.Tracks.Select(t => t.Codec));
        Assert.Equal((44100, 2), (_sink.Tracks[1].ClockRate, _sink.Tracks[1].Channels));
    }

    [Fact]
    public async Task Frames_wait_for_the_other_track_and_none_is_lost()
    {
        using var intake = new RtmpIntake(_sink);
        intake.Video(0, Configuration(4), default);
        for (uint time = 0; time < 2000; time += 40)
        {
            intake.Video(time, [0x27, 1, 0, 0, 0, 0, 0, 0, 2, 0x41, (byte)(time / 40)], default);
        }
        var got = await _sink.TakeAsync(50);
        Assert.Equal(Enumerable.Range(0, 50), got.Select(u => (int)u.Data[5]));
        Assert.Single(_sink.Tracks);
        intake.Audio(2000, [0x72, 1, 2], default); // A-law comes after all
        Assert.Equal(1, (await _sink.TakeAsync(1))[0].Track);
        Assert.Equal([Codec.H264, Codec.Pcma], _sink.Tracks.Select(t => t.Codec));
    }

    [Fact]
    public async Task Sound_is_counted_by_its_samples()
    {
        using var intake = new RtmpIntake(_sink);
        intake.Metadata(Mumu.Protocols.Rtmp.AmfValue.Of(("audiocodecid", Mumu.Protocols.Rtmp.AmfValue.Of(10))));
        intake.Audio(1000, [0xAF, 0, 0x12, 0x10], default);
        for (var i = 0; i < 100; i++)
        {
            intake.Audio((uint)(1000 + i * 1024 * 1000 / 44100), [0xAF, 1, 9], default);
        }
        var got = await _sink.TakeAsync(100);
        Assert.All(got.Select((u, i) => (u, i)), p => Assert.Equal(p.i * 1024, p.u.Timestamp));
    }

    [Fact]
    public async Task Time_goes_on_where_a_clock_wraps_or_starts_over()
    {
        using var intake = new RtmpIntake(_sink);
        intake.Audio(uint.MaxValue - 19, [0x72, 1], default);
        for (uint time = 0; time < 4; time++)
        {
            intake.Audio(time * 1000, [0x72, 1], default);
        }
        intake.Audio(500_000, [0x72, 1], default);
        intake.Audio(0, [0x72, 1], default);
        var got = (await _sink.TakeAsync(7)).Select(u => u.Timestamp / 8);
        Assert.Equal([0, 20, 1020, 2020, 3020, 3060, 3100], got);
    }

    [Fact]
    public void Several_tracks_in_one_are_refused_and_damage_is_counted()
    {
        using var intake = new RtmpIntake(_sink);
        Assert.False(intake.Video(0, [0x96, 0x01, (byte)'h', (byte)'v', (byte)'c', (byte)'1', 0], default));
        Assert.False(intake.Audio(0, [0x95, 0x01, (byte)'O', (byte)'p', (byte)'u', (byte)'s', 0], default));
        Assert.True(intake.Video(0, [0x17, 1, 0], default));
        Assert.True(intake.Video(0, [0x17, 1, 0, 0, 0, 0, 0, 0, 9, 1], default));
        Assert.True(intake.Audio(0, [0x2F, 1, 2], default)); // MP3
        Assert.Equal(3, intake.Refused);
    }

    [Fact]
    public void Tags_changed_at_random_never_throw()
    {
        var random = new Random(21);
        byte[][] tags =
        [
            Configuration(4),
            [0x17, 1, 0, 0, 0, 0, 0, 0, 2, 0x65, 1],
            [0x90, (byte)'a', (byte)'v', (byte)'0', (byte)'1', 0x81, 0, 0, 0, 0x0A, 1, 0],
        ];
        for (var run = 0; run < 3000; run++)
        {
            using var intake = new RtmpIntake(new Discard());
            for (var i = 0; i < 6; i++)
            {
                var tag = (byte[])tags[random.Next(tags.Length)].Clone();
                tag[random.Next(tag.Length)] = (byte)random.Next(256);
                intake.Video((uint)random.Next(), tag.AsSpan(0, random.Next(tag.Length + 1)), default);
                intake.Audio((uint)random.Next(), tag, default);
            }
        }
    }

    private sealed class Discard : IUnitSink
    {
        public void Announce(IReadOnlyList<TrackFormat> tracks) { }

        public void Publish(Unit unit) => unit.Release();
    }
}
