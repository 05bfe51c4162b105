// Calls between two whole peers: both directions, in every constellation of who offers what.
using System.Security.Cryptography;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Offering;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class CallTests
{
    private const int Warm = 30; // frames at most until both sides have begun
    private static readonly SendTrack s_vp8 = new(Codec.Vp8, 90_000, 0);
    private static readonly SendTrack s_opus = new(Codec.Opus, 48_000, 2);
    private static readonly IReadOnlyList<SendTrack> s_both = [s_vp8, s_opus];

    private static byte[] Picture(Random random, bool isKey)
    {
        var frame = new byte[random.Next(20, 6000)];
        random.NextBytes(frame);
        frame[0] = (byte)(isKey ? 0x10 : 0x11); // shown; bit 0 is 0 in key frames (RFC 6386 §9.1)
        if (isKey)
        {
            ReadOnlySpan<byte> start = [0x9D, 0x01, 0x2A, 64, 1, 240, 0];
            start.CopyTo(frame.AsSpan(3));
        }
        return frame;
    }

    private static byte[] Sound(Random random)
    {
        var frame = new byte[random.Next(20, 200)];
        random.NextBytes(frame);
        return frame;
    }

    private static List<string> Hashes(IEnumerable<byte[]> frames) =>
        [.. frames.Select(frame => Convert.ToHexString(SHA256.HashData(frame)))];

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.05, 10, 0.02)]
    [InlineData(0.1, 40, 0.1)]
    public void Every_frame_arrives_once_and_in_order_both_ways(double loss, int jitterMs, double duplication)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var offered = new OfferContents { Sends = s_both, Receives = PublishedMedia.AllCodecs };
            using var call = new CallPair(seed, offered, s_both, PublishedMedia.AllCodecs, loss, jitterMs, duplication);
            call.Connect();
            var random = new Random(seed);
            var sent = new[] { new List<(int Track, byte[] Data)>(), new List<(int Track, byte[] Data)>() };
            var (warm, from) = (0, new int[2]);
            void SendAll(bool isKey)
            {
                for (var side = 0; side < 2; side++)
                {
                    for (var track = 0; track < 2; track++)
                    {
                        var frame = track == 0 ? Picture(random, isKey) : Sound(random);
                        sent[side].Add((track, frame));
                        call.Send(side, track, frame, call.Now.TotalSeconds);
                    }
                }
                call.RunUntil(() => false, 0.033);
            }
            // What is lost of the very first packet can't be known to be missing: both sides begin before the ledger does.
            while (!Array.TrueForAll(call.Ends, end => end.Frames.Exists(f => f.Track == 0) && end.Frames.Exists(f => f.Track == 1)))
            {
                Assert.True(warm++ < Warm, $"Seed {seed}: nothing came.");
                SendAll(isKey: true);
            }
            call.RunUntil(() => false, 1);
            (from[0], from[1]) = (sent[0].Count, sent[1].Count);
            for (var i = 0; i < 90; i++)
            {
                SendAll(isKey: i % 30 == 0);
            }
            var end = new[] { sent[0].Count, sent[1].Count };
            for (var i = 0; i < 4; i++)
            {
                SendAll(isKey: true); // so that a loss of the last ones is seen
                call.RunUntil(() => false, 0.1);
            }
            call.RunUntil(() => false, 1);

            for (var side = 0; side < 2; side++)
            {
                for (var track = 0; track < 2; track++)
                {
                    var wanted = Hashes(sent[side][from[side]..end[side]].Where(f => f.Track == track).Select(f => f.Data));
                    var got = Hashes(call.Ends[1 - side].Frames.Where(f => f.Track == track).Select(f => f.Data));
                    var start = got.IndexOf(wanted[0]);
                    Assert.True(start >= 0, $"Seed {seed}, side {side}, track {track}: the first frame is missing.");
                    Assert.Equal(wanted, got.Skip(start).Take(wanted.Count));
                }
                Assert.Equal(loss > 0, call.Ends[side].Resent > 0);
                Assert.True(call.Ends[side].Peer.Published!.Media.FeedbackSent > 0);
                Assert.NotNull(call.Ends[side].Peer.Path); // fed by the other side's feedback
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_way_calls_carry_the_picture_whoever_offers(bool offererSends)
    {
        var offered = offererSends ? new OfferContents { Sends = s_both } : new OfferContents { Receives = PublishedMedia.AllCodecs };
        using var call = new CallPair(7, offered, offererSends ? [] : s_both, offererSends ? PublishedMedia.AllCodecs : null);
        call.Connect();
        var (from, to) = offererSends ? (0, 1) : (1, 0);
        var random = new Random(7);
        for (var i = 0; i < 30; i++)
        {
            call.Send(from, 0, Picture(random, i == 0), i * 0.033);
            call.Send(from, 1, Sound(random), i * 0.033);
            call.RunUntil(() => false, 0.033);
        }
        call.RunUntil(() => false, 0.5);
        Assert.Equal(30, call.Ends[to].Frames.Count(f => f.Track == 0));
        Assert.Equal(30, call.Ends[to].Frames.Count(f => f.Track == 1));
        Assert.Empty(call.Ends[from].Frames);
        call.Ends[to].Peer.Published!.RequestKeyFrame();
        call.RunUntil(() => false, 0.3);
        Assert.Contains(call.Ends[from].Events, e => e.Kind == PeerEventKind.KeyFrameRequest);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(-0.25)]
    public void Sound_that_travels_slower_or_faster_than_the_picture_is_put_back_in_its_place(double late)
    {
        using var call = new CallPair(3, new OfferContents { Sends = s_both }, [], PublishedMedia.AllCodecs);
        call.Connect();
        var random = new Random(3);
        for (var i = 0; i < 150; i++)
        {
            // What is sent now was made earlier; SetClock tells when, as a sender's reports do.
            call.Send(0, 0, Picture(random, i % 30 == 0), (i - 10) * 0.033);
            call.Send(0, 1, [(byte)i, 1, 2], (i - 10) * 0.033 - late);
            call.Ends[0].Peer.Tracks[1].SetClock(call.Now, call.Ends[0].TimeOf(1, (i - 10) * 0.033));
            call.RunUntil(() => false, 0.033);
        }
        call.RunUntil(() => false, 0.5);
        var pictures = call.Ends[1].Frames.Where(f => f.Track == 0).Select(f => f.Seconds).TakeLast(20).ToList();
        var sounds = call.Ends[1].Frames.Where(f => f.Track == 1).Select(f => f.Seconds).TakeLast(20).ToList();
        Assert.All(pictures.Zip(sounds), pair => Assert.InRange(pair.First - pair.Second - late, -0.01, 0.01));
    }

    [Fact]
    public void Data_channels_work_for_the_side_that_offers()
    {
        using var call = new CallPair(5, new OfferContents { Data = true }, [], null);
        call.Connect();
        var channels = call.Ends[0].Peer.Data!;
        var channel = channels.Open(new DataChannelSetup("words"))!;
        var heard = "";
        Assert.True(
            call.RunUntil(
                () =>
                {
                    while (call.Ends[1].Peer.Data!.TryRead(out var e))
                    {
                        heard += e.Kind == DataChannelEventKind.Message ? System.Text.Encoding.UTF8.GetString(e.Data.Span) : "";
                    }
                    while (channels.TryRead(out var e))
                    {
                        if (e.Kind == DataChannelEventKind.Opened)
                        {
                            channels.Send(channel, "hello"u8, isText: true, call.Now);
                        }
                    }
                    return heard == "hello";
                },
                10
            )
        );
    }

    [Fact]
    public void An_answer_that_can_not_be_used_is_refused_in_words()
    {
        var contents = new OfferContents { Sends = [s_vp8, s_opus] };
        using var call = new CallPair(1, contents, [], PublishedMedia.AllCodecs);
        (string From, string To, string Says)[] changes =
        [
            ("a=recvonly", "a=inactive", "takes no pictures in VP8"),
            ("m=video 9", "m=video 0", "takes no pictures in VP8"),
            ("m=audio", "m=application", "other sections"),
            ("a=ice-pwd", "a=nothing", "The answer has no valid ICE credentials"),
            ("VP8/90000", "H264/90000", "takes no pictures in VP8"),
        ];
        foreach (var (what, with, says) in changes)
        {
            using var offer = new PeerOffer(contents, CallPair.Options(0, 1), call.Now);
            Assert.False(offer.TryAccept(call.Answer.Replace(what, with, StringComparison.Ordinal), call.Now, out _, out _, out var error));
            Assert.Contains(says, error, StringComparison.Ordinal);
        }
        Assert.Throws<ArgumentException>(() => new PeerOffer(new OfferContents(), CallPair.Options(0, 1), call.Now));
    }
}
