// A publisher's sound next to its picture, by the reports of its clocks.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class TrackAlignmentTests
{
    private const uint VideoAtZero = 0xFFFF_0000; // wraps after a second
    private const uint SoundAtZero = 123_456;
    private readonly IncomingTrack _video = new(Codec.H264, 96, 90_000, isVideo: true);
    private readonly IncomingTrack _sound = new(Codec.Opus, 111, 48_000, isVideo: false);
    private readonly RtpTimeline _videoLine = new(90_000) { Origin = TimeSpan.Zero };
    private readonly RtpTimeline _soundLine = new(48_000) { Origin = TimeSpan.Zero };
    private readonly TrackAlignment _alignment;

    public TrackAlignmentTests() => _alignment = new TrackAlignment(_video, _sound);

    private static RtpTimestamp Video(double seconds) => new(unchecked(VideoAtZero + (uint)(long)(seconds * 90_000)));

    private static RtpTimestamp Sound(double seconds) => new(unchecked(SoundAtZero + (uint)(long)(seconds * 48_000)));

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static void Report(IncomingTrack track, double seconds, RtpTimestamp time)
    {
        var bytes = new byte[28];
        SenderReport.Write(bytes, new Ssrc(1), (ulong)((3_900_000_000 + seconds) * 4294967296.0), time, 0, 0);
        foreach (var packet in new RtcpReader(bytes))
        {
            Assert.True(SenderReport.TryParse(packet, out var report));
            track.TakeSenderReport(report, At(seconds));
        }
    }

    private double Apart(double seconds) =>
        (double)_videoLine.PlaceOf(Video(seconds)) / 90_000 - (double)_soundLine.PlaceOf(Sound(seconds)) / 48_000;

    [Theory]
    [InlineData(0.3)]
    [InlineData(-0.3)]
    [InlineData(0.02)]
    public void The_first_reports_bring_sound_that_came_early_or_late_to_its_picture(double late)
    {
        _videoLine.Unwrap(Video(0.5), At(0.5));
        _soundLine.Unwrap(Sound(0.5), At(0.5 + late));
        Assert.Equal(-late, Apart(0.5), 3);
        Report(_video, 0.6, Video(0.6));
        _alignment.Align(_videoLine, _soundLine);
        Assert.Equal(-late, Apart(0.5), 3); // of the sound nothing is known yet
        Report(_sound, 1.1, Sound(1.1));
        _alignment.Align(_videoLine, _soundLine);
        Assert.Equal(0, Apart(0.5), 3);
        Assert.Equal(1, _alignment.Shifts);
    }

    [Fact]
    public void Reports_before_the_first_sound_let_it_begin_in_its_place()
    {
        _videoLine.Unwrap(Video(0.5), At(0.5));
        Report(_video, 0.6, Video(0.6));
        Report(_sound, 0.6, Sound(0.6));
        _alignment.Begin(_videoLine, _soundLine, Sound(0.7), At(1.2));
        Assert.True(_soundLine.HasStarted);
        Assert.Equal(0, Apart(0.7), 3);
    }

    [Fact]
    public void Reports_that_tremble_move_nothing_and_clocks_that_drift_are_followed()
    {
        var random = new Random(3);
        _videoLine.Unwrap(Video(0), At(0));
        _soundLine.Unwrap(Sound(0), At(0));
        for (var t = 1; t <= 60; t++)
        {
            _videoLine.Unwrap(Video(t), At(t));
            _soundLine.Unwrap(Sound(t), At(t));
            Report(_video, t, Video(t));
            Report(_sound, t, Sound(t + (random.NextDouble() - 0.5) * 0.02));
            _alignment.Align(_videoLine, _soundLine);
        }
        Assert.InRange(_alignment.Shifts, 0, 1);
        Assert.InRange(Math.Abs(Apart(60)), 0, 0.015);
        var before = _alignment.Shifts;
        for (var t = 61; t <= 660; t++) // a tenth of a second in ten minutes
        {
            var drifted = t + (t - 60) / 6000.0;
            _videoLine.Unwrap(Video(t), At(t));
            _soundLine.Unwrap(Sound(drifted), At(t));
            Report(_video, t, Video(t));
            Report(_sound, t, Sound(drifted));
            _alignment.Align(_videoLine, _soundLine);
            var apart = (double)_videoLine.PlaceOf(Video(t)) / 90_000 - (double)_soundLine.PlaceOf(Sound(drifted)) / 48_000;
            Assert.InRange(Math.Abs(apart), 0, 0.03);
        }
        Assert.True(_alignment.Shifts > before);
    }

    [Fact]
    public void Clocks_that_are_not_of_one_sender_are_left_alone()
    {
        _videoLine.Unwrap(Video(0.5), At(0.5));
        _soundLine.Unwrap(Sound(0.5), At(0.6));
        Report(_video, 0.6, Video(0.6));
        Report(_sound, 100, Sound(0.6));
        _alignment.Align(_videoLine, _soundLine);
        Assert.Equal(0, _alignment.Shifts);
    }
}
