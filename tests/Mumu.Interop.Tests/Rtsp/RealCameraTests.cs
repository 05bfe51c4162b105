// The RTSP source plays real footage from real servers, bit for bit, over TCP and UDP, behind Digest and Basic.
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.Rtsp;

public sealed class RealCameraTests(Footage footage) : IClassFixture<Footage>
{
    private const string User = "ann";
    private const string Password = "open \"sesame\"";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static RtspOptions Options(Uri uri, RtspTransportMode transport, string? password = Password) =>
        new()
        {
            Uri = uri,
            UserName = password is null ? null : User,
            Password = password,
            Transport = transport,
            Timeout = TimeSpan.FromSeconds(20),
            StallTimeout = TimeSpan.FromSeconds(20),
        };

    private static async Task<CollectingSink> PlayAsync(RtspOptions options, int video, int audio = 0)
    {
        var sink = new CollectingSink(video, audio);
        using var stop = new CancellationTokenSource();
        var run = new RtspSource(options, TimeProvider.System).RunAsync(sink, stop.Token);
        await Task.WhenAny(run, sink.IsDone, Task.Delay(Limit));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(sink.IsDone.IsCompleted, $"Only {sink.Of(MediaKind.Video).Count} pictures came within {Limit.TotalSeconds} s.");
        Assert.True(sink.Of(MediaKind.Video)[0].IsKeyFrame);
        return sink;
    }

    // The slices came untouched and without a hole.
    private void AssertIsBox(CollectingSink sink)
    {
        var got = sink.Of(MediaKind.Video).SelectMany(unit => Footage.SlicesOf(unit.Data)).ToArray();
        var start = Array.IndexOf(footage.BoxSlices, got[0]);
        Assert.True(start >= 0, "The first picture is not of this footage.");
        for (var i = 0; i < got.Length; i++)
        {
            Assert.Equal(footage.BoxSlices[(start + i) % footage.BoxSlices.Length], got[i]);
        }
    }

    [Theory]
    [InlineData(RtspTransportMode.Tcp, "-1")]
    [InlineData(RtspTransportMode.Udp, "-1")]
    [InlineData(RtspTransportMode.Tcp, "0")]
    [InlineData(RtspTransportMode.Udp, "0")]
    public async Task GStreamer_with_digest_sends_every_picture_untouched(RtspTransportMode transport, string interval)
    {
        await using var camera = await CameraProcess.StartGStreamerAsync(
            footage.Box,
            "--user",
            User,
            "--password",
            Password,
            "--interval",
            interval
        );
        var sink = await PlayAsync(Options(camera.Address(), transport), video: 150);
        AssertIsBox(sink);
        Assert.True(ParameterSets.TryGetSize(Codec.H264, sink.Tracks[0].Configuration.Span, out var width, out var height));
        Assert.Equal((640, 480), (width, height));
        var times = sink.Of(MediaKind.Video).Select(unit => unit.Timestamp).ToArray();
        Assert.InRange(times[0], -9_000, 90_000);
        Assert.InRange((times.Max() - times.Min()) / 90_000.0, 4, 6); // 150 pictures at 30 a second
    }

    [Fact]
    public async Task GStreamer_with_basic_and_without_tcp_plays_by_itself_over_udp()
    {
        await using var camera = await CameraProcess.StartGStreamerAsync(
            footage.Box,
            "--user",
            User,
            "--password",
            Password,
            "--basic",
            "--no-tcp"
        );
        AssertIsBox(await PlayAsync(Options(camera.Address(), RtspTransportMode.Auto), video: 50));
    }

    [Theory]
    [InlineData("h264", "aac", Codec.Aac, RtspTransportMode.Tcp)]
    [InlineData("h264", "opus", Codec.Opus, RtspTransportMode.Udp)]
    [InlineData("h265", "pcma", Codec.Pcma, RtspTransportMode.Tcp)]
    [InlineData("h265", "pcmu", Codec.Pcmu, RtspTransportMode.Udp)]
    public async Task GStreamers_pictures_of_a_street_decode_and_the_sound_keeps_with_them(
        string video,
        string audio,
        Codec codec,
        RtspTransportMode transport
    )
    {
        await using var camera = await CameraProcess.StartGStreamerAsync(footage.Street, "--video", video, "--audio", audio);
        var sink = await PlayAsync(Options(camera.Address(), transport, password: null), video: 40, audio: 40);
        Assert.Equal([video == "h264" ? Codec.H264 : Codec.H265, codec], sink.Tracks.Select(track => track.Codec));
        var pictures = sink.Of(MediaKind.Video);
        Assert.Equal(pictures.Count, footage.Decode(pictures.Select(unit => unit.Data), video == "h264" ? "h264" : "hevc"));
        var sounds = sink.Of(MediaKind.Audio);
        var seconds = (sounds[^1].Timestamp - sounds[0].Timestamp) / (double)sink.Tracks[1].ClockRate / (sounds.Count - 1);
        Assert.InRange(seconds, 0.005, 0.2);
        var apart = pictures[0].Timestamp / 90_000.0 - sounds[0].Timestamp / (double)sink.Tracks[1].ClockRate;
        Assert.InRange(apart, -3, 3);
    }

    [Theory]
    [InlineData(RtspTransportMode.Udp)]
    [InlineData(RtspTransportMode.Auto)]
    public async Task Vlc_with_basic_sends_every_picture_untouched_over_udp(RtspTransportMode transport)
    {
        await using var camera = await CameraProcess.StartVlcAsync(footage.Box, User, "sesame");
        AssertIsBox(await PlayAsync(Options(camera.Address(), transport, "sesame"), video: 60));
    }

    [Fact]
    public async Task Real_servers_failures_are_told_apart()
    {
        await using var gstreamer = await CameraProcess.StartGStreamerAsync(
            footage.Street,
            "--user",
            User,
            "--password",
            Password,
            "--video",
            "mpeg4"
        );
        await using var vlc = await CameraProcess.StartVlcAsync(footage.Box, User, Password);
        Assert.Equal(SourceFailure.WrongPassword, await ProbeAsync(gstreamer.Address(), "wrong"));
        Assert.Equal(SourceFailure.WrongPassword, await ProbeAsync(gstreamer.Address(), null));
        Assert.Equal(SourceFailure.WrongPassword, await ProbeAsync(vlc.Address(), "wrong"));
        Assert.Equal(SourceFailure.NotFound, await ProbeAsync(gstreamer.Address("no-such-path"), Password));
        Assert.Equal(SourceFailure.NotFound, await ProbeAsync(vlc.Address("no-such-path"), Password));
        Assert.Equal(SourceFailure.UnsupportedCodec, await ProbeAsync(gstreamer.Address(), Password));
        await gstreamer.KillAsync();
        Assert.Equal(SourceFailure.Unreachable, await ProbeAsync(gstreamer.Address(), Password));

        static async Task<SourceFailure> ProbeAsync(Uri uri, string? password)
        {
            var options = Options(uri, RtspTransportMode.Auto, password);
            var failure = await Assert.ThrowsAsync<SourceException>(() =>
                RtspProbe.ProbeAsync(options, TimeProvider.System, CancellationToken.None)
            );
            return failure.Failure;
        }
    }
}
