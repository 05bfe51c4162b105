// The playlist core under the checker: hours of parts, restarts, delta updates, waits.
using Mumu.Protocols.Hls;

namespace Mumu.Protocols.Tests.Hls;

public sealed class HlsPlaylistTests
{
    private static readonly DateTimeOffset Noon = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A camera's hour in a loop: pictures with jitter, groups of changing length, restarts.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Playlists_keep_the_rules_over_time(int seed)
    {
        var random = new Random(seed);
        var target = HlsTimes.PartTarget(0.2, 1 / 25.0);
        var list = new HlsPlaylist<int>(HlsFile.Video, target, 4_000_000);
        var cutter = new HlsCutter((long)(target * 90_000), 81_000) { LongestSegment = 6 * 90_000 };
        var (full, delta) = (new PlaylistChecker(), new PlaylistChecker());
        var removed = new List<HlsSegment<int>>();
        var (part, segment, frames, isKey, group, longest) = (0L, 0L, 0, true, 50, 0L);
        var clock = Noon;
        for (var i = 0; i < 6_000; i++)
        {
            var frame = 3600 + random.Next(-200, 200);
            part += frame;
            segment += frame;
            frames++;
            var nextIsKey = frames >= group;
            var cut = cutter.Before(part, segment, frame, nextIsKey);
            var restarts = random.Next(1_500) == 0;
            if (cut == HlsCut.None && !restarts)
            {
                continue;
            }
            if (list.NeedsSegment)
            {
                list.BeginSegment(clock, isKey);
            }
            list.Add(new HlsPart<int>(part / 90_000.0, isKey, random.Next(1_000, 60_000), i));
            clock += TimeSpan.FromSeconds(part / 90_000.0);
            (part, isKey) = (0, false);
            if (cut == HlsCut.Segment || restarts)
            {
                list.EndSegment(removed);
                longest = Math.Max(longest, segment);
                segment = 0;
                if (list.TargetDuration == 0)
                {
                    list.TargetDuration = HlsTimes.TargetDuration(list.Listed.First().Seconds);
                    cutter.LongestSegment = (long)(HlsTimes.LongestSegment(list.TargetDuration) * 90_000);
                }
            }
            if (nextIsKey || restarts)
            {
                (frames, isKey, group) = (0, true, random.Next(10, 80));
            }
            if (restarts)
            {
                list.Discontinue(random.Next(2));
            }
            if (list.TargetDuration > 0)
            {
                full.Check(HlsPlaylistText.Write(list, isDelta: false));
                delta.Check(HlsPlaylistText.Write(list, isDelta: delta.Last is not null));
                Assert.Equal(
                    full.Last!.Segments.Select(s => (s.Number, s.Uri, s.Seconds)),
                    delta.Last!.Segments.Select(s => (s.Number, s.Uri, s.Seconds))
                );
                Assert.Equal(0, PlaylistChecker.ShortParts(full.Last));
                Assert.Empty(PlaylistChecker.LongParts(full.Last));
            }
            Assert.True(list.Bytes < 5_000_000, $"{list.Bytes} bytes are kept");
        }
        Assert.NotEmpty(removed);
        Assert.True(full.Last!.Discontinuities > 0);
        list.Clear(removed);
        Assert.Equal(0, list.Bytes);
    }

    [Fact]
    public void Waiting_ends_where_the_wish_is_fulfilled()
    {
        var list = new HlsPlaylist<int>(HlsFile.Video, 0.2, 1 << 20) { TargetDuration = 2 };
        List<HlsSegment<int>> removed = [];
        Assert.Equal(HlsReach.Ahead, list.Reach(0, null));
        list.BeginSegment(Noon, true);
        list.Add(new(0.2, true, 1, 0));
        Assert.Equal(HlsReach.Reached, list.Reach(0, 0));
        Assert.Equal(HlsReach.Ahead, list.Reach(0, 1));
        Assert.Equal(HlsReach.Ahead, list.Reach(0, null));
        Assert.Equal(HlsReach.Ahead, list.Reach(2, 0));
        Assert.Equal(HlsReach.TooFar, list.Reach(3, 0));
        list.EndSegment(removed);
        Assert.Equal(HlsReach.Reached, list.Reach(0, null));
        Assert.Equal(HlsReach.Ahead, list.Reach(0, 1)); // a part beyond the last is the first of the next segment
        list.BeginSegment(Noon, true);
        list.Add(new(0.2, true, 1, 0));
        Assert.Equal(HlsReach.Reached, list.Reach(0, 7));
        Assert.Equal((1, 1), list.Next);
    }

    [Theory]
    [InlineData(1 / 30.0)]
    [InlineData(1 / 25.0)]
    [InlineData(1 / 15.0)]
    [InlineData(1 / 12.0)]
    [InlineData(1 / 60.0)]
    [InlineData(1 / 30.0, 1024 / 48_000.0)]
    [InlineData(1 / 25.0, 0.02)]
    [InlineData(1 / 25.0, 0.06)]
    [InlineData(1 / 25.0, 1024 / 8_000.0)]
    public void A_whole_number_of_frames_of_every_track_fits_the_part_target(params double[] frames)
    {
        var target = HlsTimes.PartTarget(0.2, frames);
        Assert.InRange(target, 0.2, 0.45);
        foreach (var frame in frames)
        {
            var part = Math.Floor(target / frame) * frame;
            Assert.InRange(part, 0.86 * target, target);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    public void Pictures_longer_than_a_part_are_a_part_each(double frame) =>
        Assert.InRange(HlsTimes.PartTarget(0.2, frame), frame, frame * 1.2);

    [Theory]
    [InlineData("video.m3u8")]
    [InlineData("audio_init3.mp4")]
    [InlineData("video_0.m4s")]
    [InlineData("audio_123456.78.m4s")]
    public void Names_are_read_as_they_are_written(string name)
    {
        Assert.True(HlsFile.TryParse(name, out var file));
        Assert.Equal(name, file.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("video")]
    [InlineData("video.m3u")]
    [InlineData("Video.m3u8")]
    [InlineData("video_.m4s")]
    [InlineData("video_-1.m4s")]
    [InlineData("video_+1.m4s")]
    [InlineData("video_01.m4s")]
    [InlineData("video_1..m4s")]
    [InlineData("video_1.2.3.m4s")]
    [InlineData("video_99999999999999999999.m4s")]
    [InlineData("video_init.mp4")]
    [InlineData("../video.m3u8")]
    [InlineData("video_1.m4s\0")]
    public void Other_names_are_none(string name) => Assert.False(HlsFile.TryParse(name, out _));

    [Fact]
    public void The_multivariant_playlist_names_codecs_and_renditions()
    {
        var text = HlsMultivariantText.Write(new(["avc1.42c01f", "mp4a.40.2"], HlsFile.Video, 1_500_000, 1280, 720, 25), "session=1/");
        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-STREAM-INF:BANDWIDTH=1500000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000
            session=1/video.m3u8

            """.ReplaceLineEndings("\n"),
            text
        );
        var sound = HlsMultivariantText.Write(new(["opus"], HlsFile.Audio, 64_000, 0, 0, 0), "");
        Assert.EndsWith("#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"opus\"\naudio.m3u8\n", sound, StringComparison.Ordinal);
    }
}
