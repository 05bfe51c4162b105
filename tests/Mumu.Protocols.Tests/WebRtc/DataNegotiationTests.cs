// What becomes of a section for data channels.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class DataNegotiationTests
{
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private static readonly SendTrack[] s_tracks = [new(Codec.H264, 90000, 0, ProfileLevelId.Default)];

    [Fact]
    public void Data_is_agreed_to_beside_media_where_it_is_wanted()
    {
        var (answer, data) = Answer(Offers.Chromium, s_tracks);
        var section = answer.Media[2];
        Assert.Equal(("application", 9, "UDP/DTLS/SCTP"), (section.Kind, section.Port, section.Protocol));
        Assert.Equal(["webrtc-datachannel"], section.Formats);
        Assert.Equal("5000", section.Attributes.Get("sctp-port"));
        Assert.Equal("262144", section.Attributes.Get("max-message-size"));
        Assert.Equal("passive", section.Setup);
        Assert.False(section.RtcpMux);
        Assert.Equal(["0", "1", "2"], answer.Bundle);
        Assert.Equal(65_536, data!.MaxMessageBytes); // what counts where the offer says nothing
    }

    [Fact]
    public void An_offer_of_data_alone_is_enough_where_data_is_wanted()
    {
        var text = Only(Offers.Chromium, "m=application")
            .Replace("sctp-port:5000", "sctp-port:5000\r\na=max-message-size:0", StringComparison.Ordinal);
        var (answer, data) = Answer(text, s_tracks);
        Assert.Single(answer.Media);
        Assert.True(answer.Media[0].Attributes.Contains("ice-ufrag"));
        Assert.Equal(new DataChannelLimits().MaxQueuedBytes, data!.MaxMessageBytes); // any length will do

        Assert.True(RemoteOffer.TryParse(text, out var offer, out _));
        Assert.False(AnswerPlan.TryMake(offer, s_tracks, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void A_viewer_of_pictures_is_not_put_off_with_data()
    {
        Assert.True(RemoteOffer.TryParse(Offers.Chromium, out var offer, out _));
        Assert.False(AnswerPlan.TryMake(offer, [], out _, out _, acceptsData: true));
        Assert.False(AnswerPlan.TryMake(offer, [new SendTrack(Codec.H265, 90000, 0)], out _, out _, acceptsData: true));
    }

    [Fact]
    public void A_second_section_and_other_protocols_are_rejected()
    {
        var twice =
            Offers.Chromium.Replace("BUNDLE 0 1 2", "BUNDLE 0 1 2 3", StringComparison.Ordinal)
            + Section(Offers.Chromium, "m=application").Replace("mid:2", "mid:3", StringComparison.Ordinal);
        Assert.Equal([9, 9, 9, 0], Answer(twice, s_tracks).Answer.Media.Select(media => media.Port));
        var odd = Offers.Chromium.Replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000", StringComparison.Ordinal);
        var (answer, data) = Answer(odd, s_tracks);
        Assert.Equal(0, answer.Media[2].Port);
        Assert.Null(data);
    }

    [Fact]
    public void The_form_of_old_drafts_is_answered_in_kind()
    {
        var old = Offers
            .Chromium.Replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5001", StringComparison.Ordinal)
            .Replace("a=sctp-port:5000", "a=sctpmap:5001 webrtc-datachannel 65535\r\na=max-message-size:1000", StringComparison.Ordinal);
        var (answer, data) = Answer(old, s_tracks);
        Assert.Equal(["5000"], answer.Media[2].Formats);
        Assert.Equal("5000 webrtc-datachannel 1024", answer.Media[2].Attributes.Get("sctpmap"));
        Assert.Equal(1000, data!.MaxMessageBytes);
    }

    private static (SessionDescription Answer, PeerDataChannels? Data) Answer(string text, SendTrack[] tracks)
    {
        Assert.True(RemoteOffer.TryParse(text, out var offer, out var error), error);
        Assert.True(AnswerPlan.TryMake(offer, tracks, out var plan, out error, acceptsData: true), error);
        using var peer = new Peer(
            offer,
            plan,
            tracks,
            new PeerOptions { Certificate = s_certificate, Random = new Random(1) },
            TimeSpan.Zero
        );
        Assert.True(SessionDescription.TryParse(peer.Answer(offer, plan, isComplete: true), out var answer, out error), error);
        return (answer, peer.Data);
    }

    private static string Only(string offer, string section)
    {
        var head = offer[..offer.IndexOf("m=", StringComparison.Ordinal)].Replace("BUNDLE 0 1 2", "BUNDLE 2", StringComparison.Ordinal);
        return head + Section(offer, section);
    }

    private static string Section(string offer, string section) => offer[offer.IndexOf(section, StringComparison.Ordinal)..];
}
