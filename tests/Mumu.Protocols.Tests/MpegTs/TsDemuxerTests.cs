// Transport streams taken apart: whole, in pieces, with losses, over wraps, and damaged.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.MpegTs;
using Mumu.Protocols.Tests.Rtp;

namespace Mumu.Protocols.Tests.MpegTs;

public sealed class TsDemuxerTests
{
    [Theory]
    [InlineData(188, int.MaxValue, false)]
    [InlineData(188, 1, false)]
    [InlineData(188, 1316, true)]
    [InlineData(192, 1, true)]
    [InlineData(192, 1000, false)]
    [InlineData(204, 1, false)]
    [InlineData(204, int.MaxValue, true)]
    public void Pictures_and_sound_come_out_whole_and_in_order(int stride, int piece, bool opus)
    {
        var demuxer = new TsDemuxer();
        var seen = TsMedia.Demux(demuxer, TsMedia.Show(20, opus: opus).Bytes(stride), piece);

        var tracks = Assert.Single(seen, s => s.Tracks is not null).Tracks!;
        Assert.Equal(0, seen.FindIndex(s => s.Tracks is not null));
        Assert.Equal([Codec.H264, opus ? Codec.Opus : Codec.Aac], tracks.Select(t => t.Codec));
        Assert.Equal((90_000, 48_000, 2), (tracks[0].ClockRate, tracks[1].ClockRate, tracks[1].Channels));
        Assert.True(ParameterSets.TryGetSize(Codec.H264, tracks[0].Configuration.Span, out var width, out _));
        Assert.Equal(1920, width);

        var pictures = seen.Where(s => s.Tracks is null && s.Track == 0).ToArray();
        Assert.Equal(20, pictures.Length);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(TsMedia.Expected(i, i % 5 == 0), pictures[i].Data);
            Assert.Equal(i % 5 == 0, pictures[i].IsKey);
            Assert.Equal(90_000 + i * 3_600, pictures[i].Time);
        }
        var sounds = seen.Where(s => s.Tracks is null && s.Track == 1).ToArray();
        Assert.Equal(40, sounds.Length);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(TsMedia.Sound(i, opus ? 80 : 120), opus ? sounds[i].Data[1..] : sounds[i].Data);
            Assert.Equal(48_000 + i * (opus ? 960 : 1_024), sounds[i].Time);
        }
        Assert.Equal(default, demuxer.Counters);
    }

    [Fact]
    public void Times_go_on_where_33_bits_end()
    {
        var start = (1L << 33) - 5 * 3_600;
        var seen = TsMedia.Demux(new TsDemuxer(), TsMedia.Show(20, start).Bytes());
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => start + i * 3_600L),
            seen.Where(s => s.Tracks is null && s.Track == 0).Select(s => s.Time)
        );
        var sounds = seen.Where(s => s.Tracks is null && s.Track == 1).Select(s => s.Time).ToArray();
        Assert.All(sounds.Zip(sounds.Skip(1)), pair => Assert.Equal(1_024, pair.Second - pair.First));
    }

    [Fact]
    public void A_jump_of_the_clock_is_bridged_and_keeps_sound_with_its_picture()
    {
        var demuxer = new TsDemuxer();
        var seen = TsMedia.Demux(demuxer, TsMedia.Show(10, 900_000_000, after: TsMedia.Show(10, 90_000)).Bytes());
        var pictures = seen.Where(s => s.Tracks is null && s.Track == 0).Select(s => s.Time).ToArray();
        Assert.Equal(20, pictures.Length);
        Assert.All(pictures.Zip(pictures.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 9_000));
        var sounds = seen.Where(s => s.Tracks is null && s.Track == 1).ToArray();
        // The second show's sound begins with its picture, as the first one's does.
        Assert.Equal(pictures[10] / 90, sounds[20].Time / 48, 2.0);
        Assert.Equal(1, demuxer.Counters.Jumps);
    }

    [Fact]
    public void After_a_discontinuity_the_timeline_goes_on()
    {
        var demuxer = new TsDemuxer();
        var seen = TsMedia.Demux(demuxer, TsMedia.Show(10).Bytes(), flush: false);
        demuxer.Discontinuity();
        TsMedia.Drain(demuxer, seen);
        seen.AddRange(TsMedia.Demux(demuxer, TsMedia.Show(10).Bytes()));
        var pictures = seen.Where(s => s.Tracks is null && s.Track == 0).Select(s => s.Time).ToArray();
        Assert.Equal(20, pictures.Length);
        Assert.All(pictures.Zip(pictures.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 9_000));
        Assert.Equal(0, demuxer.Counters.Lost);
        Assert.Single(seen, s => s.Tracks is not null);
    }

    [Fact]
    public void Reordered_pictures_keep_both_times()
    {
        var ts = new TsBuilder().Tables((TsMedia.VideoPid, 0x1B, []));
        (long Pts, long Dts)[] times = [(7_200, 0), (18_000, 3_600), (10_800, 7_200), (14_400, 10_800)];
        for (var i = 0; i < times.Length; i++)
        {
            ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, times[i].Pts, times[i].Dts, TsMedia.Picture(i, i == 0)));
        }
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes());
        Assert.Equal(times, seen.Where(s => s.Tracks is null).Select(s => (s.Time, s.Decode)));
    }

    [Fact]
    public void After_a_lost_packet_pictures_wait_for_a_key_frame_and_sound_goes_on()
    {
        var packets = TsMedia.Show(20).Packets.ToList();
        var second = packets.FindIndex(p => (p[1] & 0x1F) << 8 == 0x100 && p[2] == 0x01 && (p[1] & 0x40) != 0 && packets.IndexOf(p) > 12);
        packets.RemoveAt(second);
        var demuxer = new TsDemuxer();
        var seen = TsMedia.Demux(demuxer, [.. packets.SelectMany(p => p)]);
        var pictures = seen.Where(s => s.Tracks is null && s.Track == 0).ToArray();
        var lost = Enumerable.Range(0, 20).Select(i => 90_000 + i * 3_600L).Except(pictures.Select(p => p.Time)).ToArray();
        Assert.NotEmpty(lost);
        Assert.True(pictures.First(p => p.Time > lost[0]).IsKey);
        Assert.All(pictures, p => Assert.Contains(p.Data, Enumerable.Range(0, 20).Select(i => TsMedia.Expected(i, i % 5 == 0))));
        Assert.Equal(40, seen.Count(s => s.Tracks is null && s.Track == 1));
        Assert.Equal((1, lost.Length), (demuxer.Counters.Lost, demuxer.Counters.Dropped));
    }

    [Fact]
    public void Repeated_packets_are_taken_once()
    {
        var bytes = TsMedia.Show(10).Packets.SelectMany(p => (byte[])[.. p, .. p]).ToArray();
        var seen = TsMedia.Demux(new TsDemuxer(), bytes);
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => TsMedia.Expected(i, i % 5 == 0)),
            seen.Where(s => s.Tracks is null && s.Track == 0).Select(s => s.Data)
        );
    }

    [Fact]
    public void Packets_are_found_again_after_garbage()
    {
        var ts = TsMedia.Show(20).Packets;
        var garbage = new byte[777];
        new Random(3).NextBytes(garbage);
        byte[] bytes = [.. garbage, .. ts.Take(20).SelectMany(p => p), .. garbage, .. ts.Skip(20).SelectMany(p => p)];
        var demuxer = new TsDemuxer();
        var seen = TsMedia.Demux(demuxer, bytes, 100);
        Assert.Equal(1, demuxer.Counters.SyncLosses);
        Assert.Equal(20, seen.Count(s => s.Tracks is null && s.Track == 0));
    }

    [Fact]
    public void Two_pictures_of_one_packet_are_parted_at_the_delimiter()
    {
        var ts = new TsBuilder().Tables((TsMedia.VideoPid, 0x1B, []));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 0, null, [.. TsMedia.Picture(0, true), .. TsMedia.Picture(1, false)]));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 7_200, null, [.. TsMedia.Picture(2, false), .. TsMedia.Picture(3, false)]));
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes()).Where(s => s.Tracks is null).ToArray();
        Assert.Equal(Enumerable.Range(0, 4).Select(i => TsMedia.Expected(i, i == 0)), seen.Select(s => s.Data));
        Assert.Equal([0L, 3_600, 7_200, 10_800], seen.Select(s => s.Time));
    }

    [Fact]
    public void A_key_frame_without_parameter_sets_gets_those_of_before()
    {
        var ts = new TsBuilder().Tables((TsMedia.VideoPid, 0x1B, []));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 0, null, TsMedia.Picture(0, true)));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 3_600, null, TsMedia.AnnexB(TsMedia.Slice(1, true))));
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes()).Where(s => s.Tracks is null).ToArray();
        Assert.Equal(TsMedia.Expected(1, true), seen[1].Data);
    }

    [Fact]
    public void Where_a_broadcaster_has_no_idr_decoding_starts_where_it_says()
    {
        var ts = new TsBuilder().Tables((TsMedia.VideoPid, 0x1B, []));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 0, null, TsMedia.AnnexB(TsMedia.Slice(0, false))));
        ts.Media(
            TsMedia.VideoPid,
            TsBuilder.Pes(0xE0, 3_600, null, TsMedia.AnnexB(TsMedia.Sps, TsMedia.Pps, TsMedia.Slice(1, false))),
            isRandomAccess: true
        );
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes()).Where(s => s.Tracks is null).ToArray();
        Assert.Equal((true, 3_600L), (Assert.Single(seen).IsKey, seen[0].Time));
    }

    [Fact]
    public void Sound_may_reach_over_the_ends_of_packets()
    {
        var frames = Enumerable.Range(0, 12).SelectMany(i => TsMedia.Adts(TsMedia.Sound(i))).ToArray();
        var ts = new TsBuilder().Tables((TsMedia.AudioPid, 0x0F, []));
        var stamped = new HashSet<int>();
        for (var at = 0; at < frames.Length; at += 200)
        {
            // The stamp belongs to the first frame that begins in the packet.
            var first = (at + 126) / 127;
            ts.Media(TsMedia.AudioPid, TsBuilder.Pes(0xC0, first * 1_920, null, frames[at..Math.Min(at + 200, frames.Length)]));
        }
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes()).Where(s => s.Tracks is null).ToArray();
        Assert.Equal(Enumerable.Range(0, 12).Select(i => TsMedia.Sound(i)), seen.Select(s => s.Data));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i * 1_024L), seen.Select(s => s.Time));
    }

    [Fact]
    public void Rounded_stamps_do_not_make_sound_waver()
    {
        var ts = new TsBuilder().Tables((TsMedia.AudioPid, 0x0F, []));
        for (var i = 0; i < 100; i++)
        {
            // 44.1 kHz: 1024 samples are 2089.8 ticks; this sender rounds to milliseconds.
            var stamp = (long)Math.Round(i * 1_024 / 44.1) * 90;
            ts.Media(TsMedia.AudioPid, TsBuilder.Pes(0xC0, stamp, null, TsMedia.Adts(TsMedia.Sound(i), rateIndex: 4)));
        }
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes());
        Assert.Equal(44_100, seen[0].Tracks![0].ClockRate);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 1_024L), seen.Skip(1).Select(s => s.Time));
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        var demuxer = new TsDemuxer();
        var ts = new TsBuilder().Tables((TsMedia.VideoPid, 0x02, []), (TsMedia.AudioPid, 0x81, []));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 0, null, TsMedia.Picture(0, true)));
        Assert.Empty(TsMedia.Demux(demuxer, ts.Bytes()));
        Assert.True(demuxer.HasProgram);
        Assert.Equal(["MPEG-2 video", "AC-3"], demuxer.Unusable);
    }

    [Fact]
    public void A_track_that_never_comes_is_left_out_and_joins_when_it_does()
    {
        var ts = new TsBuilder().Tables((TsMedia.VideoPid, 0x1B, []), (TsMedia.AudioPid, 0x0F, []));
        for (var i = 0; i < 100; i++)
        {
            ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, i * 3_600L, null, TsMedia.Picture(i, i % 5 == 0)), clock: i * 3_600L * 300);
            if (i >= 80)
            {
                ts.Media(TsMedia.AudioPid, TsBuilder.Pes(0xC0, i * 3_600L, null, TsMedia.Adts(TsMedia.Sound(i))));
            }
        }
        var seen = TsMedia.Demux(new TsDemuxer(), ts.Bytes(), 188);
        Assert.Equal([1, 2], seen.Where(s => s.Tracks is not null).Select(s => s.Tracks!.Count));
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => i * 3_600L),
            seen.Where(s => s.Tracks is null && s.Track == 0).Select(s => s.Time)
        );
        Assert.Equal(20, seen.Count(s => s.Tracks is null && s.Track == 1));
    }

    [Fact]
    public void The_first_program_that_can_be_used_is_followed_and_a_new_map_is_told()
    {
        var demuxer = new TsDemuxer();
        var ts = new TsBuilder();
        ts.Section(0, TsBuilder.Table(0, 1, [0, 0, 0xE0, 0x10, 0, 7, 0xE2, 0, 0, 1, 0xE1, 0]), pointer: 20);
        ts.Section(0x200, TsBuilder.Table(2, 7, [0xE3, 0, 0xF0, 0, 0x02, 0xE3, 0, 0xF0, 0]));
        ts.Map(1, (TsMedia.VideoPid, 0x1B, []));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 0, null, TsMedia.Picture(0, true)));
        ts.Map(1, (TsMedia.VideoPid, 0x1B, []), (TsMedia.AudioPid, 0x0F, []));
        ts.Media(TsMedia.AudioPid, TsBuilder.Pes(0xC0, 0, null, TsMedia.Adts(TsMedia.Sound(1))));
        ts.Media(TsMedia.VideoPid, TsBuilder.Pes(0xE0, 3_600, null, TsMedia.Picture(1, false)));
        var seen = TsMedia.Demux(demuxer, ts.Bytes(), 188);
        Assert.Equal([1, 2], seen.Where(s => s.Tracks is not null).Select(s => s.Tracks!.Count));
        Assert.Equal(3, seen.Count(s => s.Tracks is null));
    }

    [Fact]
    public void Encrypted_packets_are_counted_and_give_nothing()
    {
        var packets = TsMedia.Show(5).Packets.Select(p => (byte[])p.Clone()).ToArray();
        foreach (var packet in packets.Where(p => p[2] is 0x01 or 0x02 && (p[1] & 0x1F) == 1))
        {
            packet[3] |= 0x80;
        }
        var demuxer = new TsDemuxer();
        Assert.Empty(TsMedia.Demux(demuxer, [.. packets.SelectMany(p => p)]));
        Assert.True(demuxer.Counters.Scrambled > 0);
    }

    [Fact]
    public void A_table_with_a_wrong_crc_is_not_believed()
    {
        var packets = TsMedia.Show(5).Packets.Select(p => (byte[])p.Clone()).ToArray();
        packets[0][13] ^= 1;
        var demuxer = new TsDemuxer();
        Assert.Empty(TsMedia.Demux(demuxer, [.. packets.SelectMany(p => p)]));
        Assert.Equal(1, demuxer.Counters.Malformed);
    }

    [Fact]
    public void Truncated_and_damaged_streams_end_nowhere_worse_than_in_counters()
    {
        foreach (
            var damaged in Mutations
                .Of(TsMedia.Show(4).Bytes(), 1_500)
                .Concat(Mutations.Of(TsMedia.Show(3, opus: true).Bytes(192), 1_500, seed: 2))
        )
        {
            foreach (var unit in TsMedia.Demux(new TsDemuxer(), damaged, 1_000))
            {
                Assert.True(unit.Tracks is not null || unit.Data.Length > 0);
            }
        }
    }
}
