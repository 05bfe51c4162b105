// The RTSP source against cameras of all manners, on loopback.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Rtsp;

public sealed class RtspSourceTests
{
    private static RtspOptions Options(Uri uri, RtspTransportMode transport = RtspTransportMode.Auto) =>
        new()
        {
            Uri = uri,
            Transport = transport,
            Timeout = TimeSpan.FromSeconds(5),
        };

    // Plays until so many units came, checks them, and leaves.
    private static async Task PlayAsync(FakeCamera camera, RtspOptions options, int units = 12)
    {
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink();
        var run = new RtspSource(options, TimeProvider.System).RunAsync(sink, stop.Token);
        var first = await Task.WhenAny(run, sink.TakeAsync(units));
        if (first == run)
        {
            await run;
        }
        var got = await (Task<List<Published>>)first;
        for (var i = 0; i < units; i++)
        {
            Assert.Equal(FakeCameraSender.Unit(i), got[i].Data);
            Assert.Equal(i * 900L, got[i].Timestamp - got[0].Timestamp);
            Assert.Equal(i % 5 == 0, got[i].IsKeyFrame);
        }
        Assert.Equal(1, sink.Announcements);
        Assert.Equal((MediaKind.Video, Codec.H264, 90_000), (sink.Tracks[0].Kind, sink.Tracks[0].Codec, sink.Tracks[0].ClockRate));
        Assert.Equal(FakeCameraSender.ParameterSets, sink.Tracks[0].Configuration.ToArray());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await AssertEventually(() => camera.Methods.Contains("TEARDOWN"));
    }

    private static async Task AssertEventually(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition() && watch.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Yield();
        }
        Assert.True(condition());
    }

    private static async Task<SourceException> FailAsync(RtspOptions options) =>
        await Assert.ThrowsAsync<SourceException>(() =>
            new RtspSource(options, TimeProvider.System).RunAsync(new RecordingSink(), CancellationToken.None)
        );

    [Theory]
    [InlineData(RtspTransportMode.Auto)]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task A_camera_plays(RtspTransportMode transport)
    {
        await using var camera = new FakeCamera();
        await PlayAsync(camera, Options(camera.Address(), transport));
    }

    [Fact]
    public async Task A_camera_that_refuses_tcp_plays_over_udp()
    {
        await using var camera = new FakeCamera { RefusesTcp = true };
        await PlayAsync(camera, Options(camera.Address()));
        var failure = await FailAsync(Options(camera.Address(), RtspTransportMode.Tcp));
        Assert.Equal(SourceFailure.Protocol, failure.Failure);
    }

    [Fact]
    public async Task A_camera_that_refuses_both_says_so()
    {
        await using var camera = new FakeCamera { RefusesTcp = true, RefusesUdp = true };
        Assert.Equal(SourceFailure.Protocol, (await FailAsync(Options(camera.Address()))).Failure);
    }

    [Fact]
    public async Task User_and_password_come_from_the_settings_or_from_the_address()
    {
        await using var camera = new FakeCamera { Account = "ann:p@ss" };
        await PlayAsync(camera, Options(camera.Address()) with { UserName = "ann", Password = "p@ss" });
        await PlayAsync(camera, Options(camera.Address("ann:p%40ss@")));
    }

    [Fact]
    public async Task A_camera_that_closes_the_connection_with_its_challenge_plays()
    {
        await using var camera = new FakeCamera { Account = "ann:x", ClosesWithChallenge = true };
        await PlayAsync(camera, Options(camera.Address("ann:x@")));
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_never_printed()
    {
        await using var camera = new FakeCamera { Account = "ann:right" };
        var options = Options(camera.Address("ann:hunter2@")) with { Password = "hunter2" };
        var failure = await FailAsync(options);
        Assert.Equal(SourceFailure.WrongPassword, failure.Failure);
        Assert.DoesNotContain("hunter2", failure.ToString());
        Assert.DoesNotContain("hunter2", options.ToString());
        Assert.Equal(SourceFailure.WrongPassword, (await FailAsync(Options(camera.Address()))).Failure);
    }

    [Fact]
    public async Task A_missing_stream_is_told()
    {
        await using var camera = new FakeCamera { Refusal = "404 Not Found" };
        Assert.Equal(SourceFailure.NotFound, (await FailAsync(Options(camera.Address()))).Failure);
    }

    [Theory]
    [InlineData("v=0\r\ns=x\r\nm=video 0 RTP/AVP 26\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 G726-32/8000\r\n", "JPEG and G72632")]
    [InlineData("v=0\r\ns=x\r\nm=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n", "MP4VES")]
    [InlineData("v=0\r\ns=x\r\nm=application 0 RTP/AVP 107\r\n", "neither picture nor sound")]
    public async Task Formats_that_nobody_can_play_are_named(string sdp, string words)
    {
        await using var camera = new FakeCamera { Sdp = sdp };
        var failure = await FailAsync(Options(camera.Address()));
        Assert.Equal(SourceFailure.UnsupportedCodec, failure.Failure);
        Assert.Contains(words, failure.Message);
    }

    [Fact]
    public async Task A_redirect_is_followed_but_not_in_circles()
    {
        await using var camera = new FakeCamera { Account = "ann:x" };
        await using var porter = new FakeCamera { RedirectsTo = camera.Address() };
        await PlayAsync(camera, Options(porter.Address("ann:x@")));
        porter.RedirectsTo = porter.Address();
        Assert.Equal(SourceFailure.Protocol, (await FailAsync(Options(porter.Address()))).Failure);
    }

    [Theory]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task A_camera_that_falls_silent_counts_as_stalled(RtspTransportMode transport)
    {
        await using var camera = new FakeCamera { Pictures = 3 };
        var failure = await FailAsync(Options(camera.Address(), transport) with { StallTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(SourceFailure.Stalled, failure.Failure);
        Assert.Contains("0.3 s", failure.Message);
    }

    [Theory]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task A_camera_that_plays_but_sends_nothing_counts_as_stalled(RtspTransportMode transport)
    {
        await using var camera = new FakeCamera { Pictures = 0 };
        var failure = await FailAsync(Options(camera.Address(), transport) with { StallTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(SourceFailure.Stalled, failure.Failure);
    }

    [Theory]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task A_goodbye_ends_the_run(RtspTransportMode transport)
    {
        await using var camera = new FakeCamera { Pictures = 3, SaysGoodbye = true };
        var failure = await FailAsync(Options(camera.Address(), transport));
        Assert.Equal("The camera ended its stream.", failure.Message);
    }

    [Fact]
    public async Task A_deaf_camera_is_given_up()
    {
        await using var camera = new FakeCamera { IsDeaf = true };
        var failure = await FailAsync(Options(camera.Address()) with { Timeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(SourceFailure.Unreachable, failure.Failure);
        Assert.Contains("0.2 s", failure.Message);
    }

    [Fact]
    public async Task A_closed_port_and_an_impossible_name_are_told_apart()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var failure = await FailAsync(Options(new Uri($"rtsp://ann:hunter2@127.0.0.1:{port}/")));
        Assert.Equal(SourceFailure.Unreachable, failure.Failure);
        Assert.Contains($"127.0.0.1:{port}", failure.Message);
        Assert.DoesNotContain("hunter2", failure.ToString());
        // Longer than a label may be, so no resolver on the network is asked.
        failure = await FailAsync(Options(new Uri($"rtsp://{new string('a', 70)}.invalid/")));
        Assert.Equal(SourceFailure.NoSuchHost, failure.Failure);
    }

    [Fact]
    public async Task An_encrypted_camera_plays_and_a_pinned_certificate_is_held_to()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=camera", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        await using var camera = new FakeCamera { Certificate = certificate };
        await PlayAsync(camera, Options(camera.Address()));
        var hash = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        await PlayAsync(camera, Options(camera.Address()) with { CertificateSha256 = hash });
        var failure = await FailAsync(Options(camera.Address()) with { CertificateSha256 = new string('0', 64) });
        Assert.Equal(SourceFailure.Protocol, failure.Failure);
    }

    [Fact]
    public async Task A_probe_returns_the_tracks_with_their_parameter_sets_and_leaves()
    {
        await using var camera = new FakeCamera();
        var tracks = await RtspProbe.ProbeAsync(Options(camera.Address()), TimeProvider.System, CancellationToken.None);
        Assert.True(
            Mumu.Protocols.Codecs.ParameterSets.TryGetSize(
                Codec.H264,
                Assert.Single(tracks).Configuration.Span,
                out var width,
                out var height
            )
        );
        Assert.Equal((640, 480), (width, height));
        await AssertEventually(() => camera.Methods.Contains("TEARDOWN"));
        await using var locked = new FakeCamera { Account = "a:b" };
        await Assert.ThrowsAsync<SourceException>(() =>
            RtspProbe.ProbeAsync(Options(locked.Address()), TimeProvider.System, CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_cancelled_run_ends_while_it_connects()
    {
        await using var camera = new FakeCamera { IsDeaf = true };
        using var stop = new CancellationTokenSource();
        var run = new RtspSource(Options(camera.Address()), TimeProvider.System).RunAsync(new RecordingSink(), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("rtsp:///x")]
    public void Addresses_of_other_kinds_are_the_callers_mistake(string uri) =>
        Assert.ThrowsAny<Exception>(() => new RtspSource(Options(new Uri(uri)), TimeProvider.System));
}
