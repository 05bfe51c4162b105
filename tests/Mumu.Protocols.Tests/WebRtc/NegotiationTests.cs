// Answers to the offers of real viewers.
using System.Net;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class NegotiationTests
{
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private static readonly SendTrack s_h264 = new(Codec.H264, 90000, 0, new ProfileLevelId(0x42, 0xC0, 0x1F));
    private static readonly SendTrack s_high = new(Codec.H264, 90000, 0, new ProfileLevelId(0x64, 0, 0x28));
    private static readonly SendTrack s_h265 = new(Codec.H265, 90000, 0);
    private static readonly SendTrack s_opus = new(Codec.Opus, 48000, 2);
    private static readonly SendTrack s_pcma = new(Codec.Pcma, 8000, 1);

    [Fact]
    public void Chromium_gets_what_the_stream_has_in_the_format_that_fits()
    {
        var answer = Answer(Offers.Chromium, s_h264, s_opus);
        var video = answer.Media[0];
        Assert.Equal(["108", "109"], video.Formats);
        Assert.Equal("108", video.FormatParametersOf(109)["apt"]);
        Assert.Equal(["FID " + string.Join(' ', video.Ssrcs)], video.Attributes.GetAll("ssrc-group"));
        Assert.Equal(2, video.Ssrcs.Count());
        Assert.Equal("42e01f", video.FormatParametersOf(108)["profile-level-id"]);
        Assert.Equal(MediaDirection.SendOnly, video.Direction);
        Assert.Equal("passive", video.Setup);
        Assert.True(video.RtcpMux && video.RtcpReducedSize);
        Assert.Equal(["nack", "nack pli", "ccm fir", "goog-remb"], video.RtcpFeedback.Select(feedback => feedback.Value));
        Assert.Equal([new ExtensionMap(5, "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay")], video.ExtMaps);
        Assert.Equal(["111"], answer.Media[1].Formats);
        Assert.Equal(MediaDirection.SendOnly, answer.Media[1].Direction);
        Assert.Equal(["0", "1"], answer.Bundle);
        Assert.Equal(0, answer.Media[2].Port); // the data channel
        Assert.Single(video.Candidates);
        Assert.True(video.Attributes.Contains("end-of-candidates"));
        Assert.DoesNotContain(answer.Media[1].Ssrcs.Single(), video.Ssrcs);
        Assert.Contains(video.Attributes.Get("msid")!.Split(' ')[0], answer.Media[1].Attributes.Get("msid")!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_high_profile_stream_takes_the_high_profile_format() =>
        Assert.Equal(["112", "113"], Answer(Offers.Chromium, s_high).Media[0].Formats);

    [Fact]
    public void Sound_that_the_stream_lacks_is_answered_inactive_on_the_same_transport()
    {
        var answer = Answer(Offers.Chromium, s_h264);
        Assert.Equal(MediaDirection.Inactive, answer.Media[1].Direction);
        Assert.Equal(9, answer.Media[1].Port);
        Assert.Equal(["0", "1"], answer.Bundle);
    }

    [Fact]
    public void Telephone_sound_is_taken_by_its_static_number() =>
        Assert.Equal(["8"], Answer(Offers.Chromium, s_h264, s_pcma).Media[1].Formats);

    [Fact]
    public void Aiortc_and_gstreamer_shapes_are_answered()
    {
        Assert.Equal(["101", "102"], Answer(Offers.Aiortc, s_h264, s_opus).Media[0].Formats);
        Assert.Equal(["99", "100"], Answer(Offers.Aiortc, s_h264 with { Profile = new ProfileLevelId(0x42, 0, 0x1F) }).Media[0].Formats);
        var answer = Answer(Offers.GStreamer, s_h264);
        Assert.Equal(["96"], answer.Media[0].Formats);
        Assert.Empty(answer.Media[0].ExtMaps);
    }

    [Fact]
    public void H265_goes_to_viewers_that_offer_it()
    {
        var offer = Offers.GStreamer.Replace("H264/90000", "H265/90000", StringComparison.Ordinal);
        Assert.Contains(Answer(offer, s_h265).Media[0].RtpMaps, map => map.Encoding == "H265");
    }

    [Fact]
    public void A_format_the_viewer_cannot_play_is_told_in_words()
    {
        Assert.True(RemoteOffer.TryParse(Offers.Chromium, out var offer, out _));
        Assert.False(AnswerPlan.TryMake(offer, [s_h265, s_opus], out _, out var error));
        Assert.Equal("The camera sends H265, but the viewer can only play AV1, H264, VP8, VP9. Set the camera to one of these.", error);
    }

    [Fact]
    public void Vp8_vp9_and_av1_are_taken_in_the_profile_of_the_stream()
    {
        string Taken(Codec codec, VideoProfile? profile) =>
            Answer(Offers.Chromium, new SendTrack(codec, 90000, 0, Video: profile)).Media[0].Formats[0]; // behind it its RTX
        Assert.Equal("96", Taken(Codec.Vp8, null));
        Assert.Equal("98", Taken(Codec.Vp9, null));
        Assert.Equal("100", Taken(Codec.Vp9, new VideoProfile(2, 0, 0)));
        Assert.Equal("45", Taken(Codec.Av1, null));
        // Decoders say level 3.1 and decode far more.
        Assert.Equal("45", Taken(Codec.Av1, new VideoProfile(0, 13, 1)));
        Assert.Equal(
            "45 level-idx=5;profile=0;tier=0",
            Answer(Offers.Chromium, new SendTrack(Codec.Av1, 90000, 0)).Media[0].Attributes.Get("fmtp")
        );
    }

    [Theory]
    [InlineData(Codec.Vp9, 1)]
    [InlineData(Codec.Av1, 1)]
    public void A_profile_the_viewer_cannot_decode_is_told_in_words(Codec codec, int profile)
    {
        Assert.True(RemoteOffer.TryParse(Offers.Chromium, out var offer, out _));
        Assert.False(
            AnswerPlan.TryMake(offer, [new SendTrack(codec, 90000, 0, Video: new VideoProfile(profile, 0, 0))], out _, out var error)
        );
        Assert.Contains($"in profile {profile}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void H264_in_single_packets_only_is_refused_in_words_and_else_passed_over()
    {
        Assert.Equal(["108", "109"], Answer(Offers.Chromium, s_h264).Media[0].Formats); // not 106, which is of mode 0
        var text = Offers.GStreamer.Replace(
            "a=mid:",
            "a=fmtp:96 packetization-mode=0;profile-level-id=42e01f\r\na=mid:",
            StringComparison.Ordinal
        );
        Assert.True(RemoteOffer.TryParse(text, out var offer, out _));
        Assert.False(AnswerPlan.TryMake(offer, [s_h264], out _, out var error));
        Assert.Contains("packetization-mode=1", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_levels_must_agree_the_payload_type_that_bears_ours_is_taken()
    {
        var text = Offers
            .GStreamer.Replace("SAVPF 96", "SAVPF 96 97", StringComparison.Ordinal)
            .Replace(
                "a=mid:",
                "a=fmtp:96 packetization-mode=1;profile-level-id=42e00d\r\na=rtpmap:97 H264/90000\r\n"
                    + "a=fmtp:97 packetization-mode=1;profile-level-id=42e028\r\na=mid:",
                StringComparison.Ordinal
            );
        Assert.Equal(["97"], Answer(text, s_h264).Media[0].Formats);
        Assert.Equal(["96"], Answer(text, s_h264 with { Profile = new ProfileLevelId(0x42, 0xE0, 0x0C) }).Media[0].Formats);
    }

    [Theory]
    [InlineData("profile-id=1", 1, true)]
    [InlineData("profile-id=2", 1, true)]
    [InlineData("profile-id=1", 2, false)]
    [InlineData("tx-mode=MRST", 1, false)]
    [InlineData("level-id=93", 1, true)]
    public void H265_follows_profiles_and_transmission_modes(string parameters, int ours, bool isTaken)
    {
        var text = Offers
            .GStreamer.Replace("H264/90000", "H265/90000", StringComparison.Ordinal)
            .Replace("a=mid:", $"a=fmtp:96 {parameters}\r\na=mid:", StringComparison.Ordinal);
        Assert.True(RemoteOffer.TryParse(text, out var offer, out _));
        Assert.Equal(isTaken, AnswerPlan.TryMake(offer, [s_h265 with { Video = new VideoProfile(ours, 120, 0) }], out _, out _));
    }

    [Fact]
    public void A_camera_with_nothing_to_carry_is_told_in_words()
    {
        Assert.True(RemoteOffer.TryParse(Offers.Chromium, out var offer, out _));
        Assert.False(AnswerPlan.TryMake(offer, [], out _, out var error));
        Assert.Contains("no track", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_viewer_that_only_sends_gets_nothing()
    {
        Assert.True(RemoteOffer.TryParse(Offers.Chromium.Replace("recvonly", "sendonly", StringComparison.Ordinal), out var offer, out _));
        Assert.False(AnswerPlan.TryMake(offer, [s_h264], out _, out _));
    }

    [Theory]
    [InlineData("a=fingerprint:sha-256", "a=nothing:", "fingerprint")]
    [InlineData("a=ice-pwd:", "a=nothing:", "ICE credentials")]
    [InlineData("a=ice-ufrag:y9kZ", "a=ice-ufrag:y", "ICE credentials")]
    [InlineData("a=setup:actpass", "a=setup:holdconn", "a=setup")]
    public void What_a_connection_cannot_do_without_is_named(string old, string now, string word)
    {
        Assert.False(RemoteOffer.TryParse(Offers.Chromium.Replace(old, now, StringComparison.Ordinal), out _, out var error));
        Assert.Contains(word, error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_active_viewer_gets_a_passive_answer_and_a_passive_one_an_active_one()
    {
        string Setup(string theirs) =>
            Answer(Offers.Chromium.Replace("setup:actpass", "setup:" + theirs, StringComparison.Ordinal), s_h264).Media[0].Setup!;
        Assert.Equal("passive", Setup("active"));
        Assert.Equal("active", Setup("passive"));
    }

    [Fact]
    public void Without_bundle_only_the_first_section_is_served()
    {
        var lone = Offers.Chromium.Replace("a=group:BUNDLE 0 1 2\r\n", "", StringComparison.Ordinal);
        var answer = Answer(lone, s_h264, s_opus);
        Assert.Equal(9, answer.Media[0].Port);
        Assert.Equal(0, answer.Media[1].Port);
        Assert.Empty(answer.Bundle);
    }

    [Fact]
    public void Cut_and_damaged_offers_never_throw()
    {
        var random = new Random(17);
        foreach (var text in new[] { Offers.Chromium, Offers.Aiortc, Offers.GStreamer })
        {
            for (var cut = 0; cut < text.Length; cut += 7)
            {
                Try(text[..cut]);
            }
            for (var i = 0; i < 1500; i++)
            {
                var changed = text.ToCharArray();
                for (var changes = random.Next(1, 10); changes > 0; changes--)
                {
                    changed[random.Next(changed.Length)] = (char)random.Next(1, 300);
                }
                Try(new string(changed));
            }
        }
    }

    private static void Try(string text)
    {
        if (
            RemoteOffer.TryParse(text, out var offer, out var error) && AnswerPlan.TryMake(offer, [s_h264, s_opus], out var plan, out error)
        )
        {
            using var peer = Make(offer, plan, [s_h264, s_opus]);
            Assert.True(SessionDescription.TryParse(peer.Answer(offer, plan, isComplete: true), out _, out _));
            return;
        }
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    private static SessionDescription Answer(string text, params SendTrack[] tracks)
    {
        Assert.True(RemoteOffer.TryParse(text, out var offer, out var error), error);
        Assert.True(AnswerPlan.TryMake(offer, tracks, out var plan, out error), error);
        using var peer = Make(offer, plan, tracks);
        peer.AddLocalBase(0, TransportAddress.From(IPAddress.Loopback, 8189));
        Assert.True(SessionDescription.TryParse(peer.Answer(offer, plan, isComplete: true), out var answer, out error), error);
        Assert.Equal(offer.Sdp.Media.Count, answer.Media.Count);
        Assert.Equal(offer.Sdp.Media.Select(media => media.Mid), answer.Media.Select(media => media.Mid));
        return answer;
    }

    private static Peer Make(RemoteOffer offer, AnswerPlan plan, SendTrack[] tracks) =>
        new(offer, plan, tracks, new PeerOptions { Certificate = s_certificate, Random = new Random(1) }, TimeSpan.Zero);
}
