// ICE restarts by a further offer: the media never stops, and a lost path is left for another.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class RestartTests
{
    [Fact]
    public void Packets_flow_on_while_ice_restarts()
    {
        using var pair = new PeerPair(3, delayMs: 40);
        pair.Connect();
        var before = Transport(pair.AnswerSdp);
        var sent = SendFor(pair, 0.5);
        var after = Transport(pair.Restart());
        Assert.NotEqual(before.IceUfrag, after.IceUfrag);
        Assert.NotEqual(before.IcePwd, after.IcePwd);
        Assert.Equal(before.Setup, after.Setup);
        Assert.Equal(before.Fingerprints, after.Fingerprints);
        Assert.Equal(before.Ssrcs, after.Ssrcs);
        sent.AddRange(SendFor(pair, 3, from: sent.Count));
        pair.Run(1);
        Assert.All(sent, sequence => Assert.True(pair.Received.ContainsKey((pair.Sender.Tracks[0].PayloadType, sequence))));
        Assert.Single(pair.SenderEvents, e => e.Kind == PeerEventKind.Connected);
        Assert.Equal(PeerEnd.None, pair.Sender.End);
        // Long enough for consent to have expired, had the new generation not come about.
        pair.Run(60);
        Assert.True(pair.Sender.IsConnected && pair.Receiver.IsConnected);
    }

    [Fact]
    public void A_viewer_whose_network_changed_gets_its_media_at_the_new_address()
    {
        using var pair = new PeerPair(4);
        pair.Connect();
        SendFor(pair, 0.5);
        pair.MoveReceiver("192.0.2.77");
        var lost = SendFor(pair, 0.3);
        Assert.DoesNotContain(lost, sequence => pair.Received.ContainsKey((pair.Sender.Tracks[0].PayloadType, sequence)));
        pair.Restart();
        Assert.True(pair.RunUntil(() => pair.Sender.Selected?.Remote == pair.ReceiverAddress, 5), "The new path was not found.");
        var sent = SendFor(pair, 1);
        pair.Run(1);
        Assert.All(sent, sequence => Assert.True(pair.Received.ContainsKey((pair.Sender.Tracks[0].PayloadType, sequence))));
        Assert.Single(pair.ReceiverEvents, e => e.Kind == PeerEventKind.Connected);
    }

    [Fact]
    public void Restarts_may_follow_one_another_and_cross_a_bad_path()
    {
        using var pair = new PeerPair(5, loss: 0.1, jitterMs: 20, duplication: 0.1);
        pair.Connect();
        for (var i = 0; i < 5; i++)
        {
            pair.Restart();
            pair.Run(0.1 + i);
        }
        pair.Run(40);
        Assert.True(pair.Sender.IsConnected && pair.Receiver.IsConnected);
        var sent = SendFor(pair, 1);
        pair.Run(1);
        var came = sent.Count(sequence => pair.Received.ContainsKey((pair.Sender.Tracks[0].PayloadType, sequence)));
        Assert.True(came >= sent.Count - 2);
    }

    [Fact]
    public void A_restart_that_finds_no_path_ends_the_session_with_a_reason()
    {
        using var pair = new PeerPair(6);
        pair.Connect();
        pair.Path.IsCut = true;
        pair.Restart();
        Assert.True(pair.RunUntil(() => pair.Sender.End != PeerEnd.None, 60));
        Assert.Equal(PeerEnd.ConsentExpired, pair.Sender.End);
    }

    [Fact]
    public void Only_the_same_certificate_and_the_same_media_make_a_restart()
    {
        using var pair = new PeerPair(7);
        pair.Connect();
        SendTrack[] tracks = [new(Codec.H264, 90000, 0, ProfileLevelId.Default), new(Codec.Opus, 48000, 2)];

        string Judge(string text)
        {
            Assert.True(RemoteOffer.TryParse(text, out var offer, out var error), error);
            Assert.True(AnswerPlan.TryMake(offer, tracks, out var plan, out error), error);
            return pair.Sender.CanRestart(offer, plan, out error) ? "" : error;
        }

        var text = pair.OfferSdp;
        Assert.Equal("", Judge(text));
        var print = text.Split("a=fingerprint:sha-256 ")[1].Split('\r')[0];
        Assert.Contains(
            "certificate",
            Judge(text.Replace(print, print[^2..] + print[2..^2] + print[..2], StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "other media",
            Judge(text.Replace("opus/48000/2", "nothing/48000/2", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_same_credentials_again_change_nothing()
    {
        using var pair = new PeerPair(8);
        pair.Connect();
        Assert.True(RemoteOffer.TryParse(pair.OfferSdp, out var offer, out _));
        var ufrag = pair.Sender.LocalUfrag;
        pair.Sender.Restart(offer.Credentials);
        Assert.Equal(ufrag, pair.Sender.LocalUfrag);
        pair.Run(40);
        Assert.True(pair.Sender.IsConnected);
    }

    private static List<ushort> SendFor(PeerPair pair, double seconds, int from = 0)
    {
        var sent = new List<ushort>();
        for (var at = 0.0; at < seconds; at += 0.01)
        {
            sent.Add(pair.SendPacket(0, (uint)((from + sent.Count) * 900), true, [1, 2, 3]));
            pair.Run(0.01);
        }
        return sent;
    }

    private static MediaDescription Transport(string sdp)
    {
        Assert.True(SessionDescription.TryParse(sdp, out var parsed, out _));
        return parsed.Media[0];
    }
}
