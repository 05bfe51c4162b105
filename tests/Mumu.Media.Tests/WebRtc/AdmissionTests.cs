// What the engine refuses, and that junk does not hurt it.
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Io;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Tests.WebRtc;

public sealed class AdmissionTests
{
    private sealed class FailingSource : ISource
    {
        public Task RunAsync(IUnitSink sink, CancellationToken cancellation) =>
            throw new SourceException(SourceFailure.WrongPassword, "The camera refused the password.");

        public void RequestKeyFrame() { }
    }

    private sealed class SilentSource : ISource
    {
        public Task RunAsync(IUnitSink sink, CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

        public void RequestKeyFrame() { }
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("v=0\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n")]
    public async Task Text_that_is_no_offer_is_refused_with_a_sentence(string text)
    {
        await using var rig = new Rig();
        var refusal = await Assert.ThrowsAsync<SdpException>(() =>
            rig.Engine.AnswerAsync(new ViewerOffer(rig.Stream, text, []), TestContext.Current.CancellationToken)
        );
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, rig.Engine.Viewers);
    }

    [Fact]
    public async Task A_mutated_offer_is_answered_or_refused_never_worse()
    {
        await using var rig = new Rig(options => options with { MaxViewers = 10_000 });
        using var viewer = new TestViewer(1);
        var random = new Random(3);
        var answered = 0;
        for (var i = 0; i < 400; i++)
        {
            var text = viewer.Offer.ToCharArray();
            for (var changes = random.Next(1, 8); changes > 0; changes--)
            {
                text[random.Next(text.Length)] = (char)random.Next(1, 256);
            }
            var sdp = new string(text)[..random.Next(1, text.Length + 1)];
            try
            {
                var session = await rig.Engine.AnswerAsync(new ViewerOffer(rig.Stream, sdp, []), TestContext.Current.CancellationToken);
                answered++;
                await session.CloseAsync();
            }
            catch (SdpException)
            {
                // refused
            }
        }
        Assert.True(answered < 400);
    }

    [Fact]
    public async Task A_failing_camera_is_told_in_its_own_words()
    {
        await using var rig = new Rig();
        await using var stream = new MediaStream("bad", () => new FailingSource(), new StreamOptions(), TimeProvider.System);
        using var viewer = new TestViewer(1);
        var failure = await Assert.ThrowsAsync<SourceException>(() =>
            rig.Engine.AnswerAsync(new ViewerOffer(stream, viewer.Offer, []), TestContext.Current.CancellationToken)
        );
        Assert.Equal(SourceFailure.WrongPassword, failure.Failure);
        Assert.Equal(0, rig.Engine.Viewers);
    }

    [Fact]
    public async Task A_camera_that_stays_silent_is_given_up_in_time()
    {
        await using var rig = new Rig(options => options with { StreamTimeout = TimeSpan.FromMilliseconds(200) });
        await using var stream = new MediaStream("silent", () => new SilentSource(), new StreamOptions(), TimeProvider.System);
        using var viewer = new TestViewer(1);
        var failure = await Assert.ThrowsAsync<SourceException>(() =>
            rig.Engine.AnswerAsync(new ViewerOffer(stream, viewer.Offer, []), TestContext.Current.CancellationToken)
        );
        Assert.Equal(SourceFailure.Stalled, failure.Failure);
    }

    [Fact]
    public async Task More_viewers_than_allowed_are_refused_and_a_place_that_gets_free_is_given_again()
    {
        await using var rig = new Rig(options => options with { MaxViewers = 1 });
        using var crowd = new Crowd();
        var (_, session) = await crowd.JoinAsync(rig);
        await Assert.ThrowsAsync<ViewerLimitException>(() => crowd.JoinAsync(rig));
        await session.CloseAsync();
        await crowd.WaitAsync(() => rig.Engine.Viewers == 0, "The place did not get free.");
        await crowd.JoinAsync(rig);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var taken = new UdpSocket(IPAddress.Loopback, 0);
        await using var engine = new WebRtcEngine(
            new WebRtcOptions
            {
                Bind = IPAddress.Loopback,
                Port = taken.LocalAddress.Port,
                Loops = 1,
            },
            TimeProvider.System,
            NullLogger<WebRtcEngine>.Instance
        );
        var refusal = Assert.Throws<IOException>(engine.Start);
        Assert.Contains(
            taken.LocalAddress.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Junk_candidates_are_told_from_useless_ones()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        Assert.False(session.AddRemoteCandidate("candidate:nonsense"));
        Assert.False(session.AddRemoteCandidate(new string('x', 100_000)));
        Assert.True(session.AddRemoteCandidate("candidate:1 1 udp 2122260223 6b1e9c1c-9f1e-4d36-a3f5-0f6ea3a3f3b1.local 50000 typ host"));
        Assert.True(session.AddRemoteCandidate("candidate:1 1 udp 2122260223 8.8.8.8 50000 typ host")); // not on loopback: ignored
        Assert.True(session.AddRemoteCandidate(""));
        session.EndOfRemoteCandidates();
        await crowd.WaitAsync(() => viewer.Frames.Count > 5, "No frames came.");
    }

    [Fact]
    public async Task Strangers_datagrams_change_nothing()
    {
        await using var rig = new Rig(options => options with { Loops = 1 });
        using var crowd = new Crowd();
        var (viewer, _) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => viewer.Frames.Count > 5, "No frames came.");
        using var stranger = new UdpSocket(IPAddress.Loopback, 0);
        var to = TransportAddress.From(IPAddress.Loopback, rig.Engine.Ports[0]);
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var junk = new byte[random.Next(0, 1400)];
            random.NextBytes(junk);
            if (junk.Length > 0)
            {
                junk[0] = (byte)(
                    i % 4 == 0 ? 0
                    : i % 4 == 1 ? 22
                    : i % 4 == 2 ? 0x80
                    : junk[0]
                );
            }
            stranger.TrySend(junk, to);
        }
        var count = viewer.Frames.Count;
        await crowd.WaitAsync(() => viewer.Frames.Count > count + 30, "The picture stopped.");
        Assert.True(rig.Engine.Statistics.Strays > 0);
        Assert.Equal(1, rig.Engine.Viewers);
    }
}
