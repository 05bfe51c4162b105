// Sender and receiver against each other: connection, media, repair, reports, ends.
using Mumu.Protocols.WebRtc;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class PeerTests
{
    [Theory]
    [InlineData(0.0, 0, 0.0, false)]
    [InlineData(0.05, 10, 0.02, false)]
    [InlineData(0.1, 40, 0.1, false)]
    [InlineData(0.2, 60, 0.2, false)]
    [InlineData(0.05, 10, 0.02, true)]
    [InlineData(0.2, 60, 0.2, true)]
    public void Media_arrives_whole_over_a_path_that_loses_reorders_and_doubles(double loss, int jitterMs, double duplication, bool rtx)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            using var pair = new PeerPair(seed, loss, delayMs: 15, jitterMs, duplication, receiving: new() { Rtx = rtx });
            pair.Connect();
            var random = new Random(seed);
            var sent = new Dictionary<(byte, ushort), (uint, bool, byte[])>();
            for (var frame = 0; frame < 60; frame++)
            {
                for (var i = 0; i < 6; i++)
                {
                    var payload = new byte[random.Next(1, 1160)];
                    random.NextBytes(payload);
                    var time = (uint)(frame * 3000) + 77;
                    sent[((byte)pair.Sender.Tracks[0].PayloadType, pair.SendPacket(0, time, i == 5, payload))] = (time, i == 5, payload);
                }
                var sound = new byte[80];
                random.NextBytes(sound);
                sent[((byte)pair.Sender.Tracks[1].PayloadType, pair.SendPacket(1, (uint)(frame * 960), false, sound))] = (
                    (uint)(frame * 960),
                    false,
                    sound
                );
                pair.Run(0.033);
            }
            for (uint i = 0; i < 4; i++)
            {
                pair.SendPacket(0, (1 << 20) + i, true, [1]); // so that a loss of the last ones is seen
                pair.SendPacket(1, (1 << 20) + i, true, [1]);
                pair.Run(0.1);
            }
            pair.Run(2);

            var missing = sent.Keys.Where(key => !pair.Received.ContainsKey(key)).ToList();
            // The first packets of a track can't be known to be missing before one has arrived.
            Assert.True(missing.Count <= (loss == 0 ? 0 : 3), $"Seed {seed}: {missing.Count} of {sent.Count} packets are missing.");
            foreach (var (key, wanted) in sent.Where(item => pair.Received.ContainsKey(item.Key)))
            {
                var got = pair.Received[key];
                Assert.Equal(wanted.Item1, got.Time);
                Assert.Equal(wanted.Item2, got.Marker);
                Assert.Equal(wanted.Item3, got.Payload);
            }
            Assert.True(rtx || pair.Duplicates == 0); // SRTP's replay check, which can't know that a retransmission repeats another packet
            Assert.Equal(rtx && loss > 0, pair.Receiver.Tracks[0].Repaired > 0);
            Assert.Equal(loss > 0, pair.SenderEvents.Exists(e => e.Kind == PeerEventKind.Nack) && loss > 0);
        }
    }

    [Fact]
    public void Reports_carry_loss_and_round_trip()
    {
        using var pair = new PeerPair(delayMs: 40, receiving: new() { Rtx = false });
        pair.Connect();
        for (var i = 0; i < 100; i++)
        {
            pair.Path.IsCut = i % 4 == 3; // every fourth packet, and whatever else is sent then
            pair.SendPacket(0, (uint)i * 3000, true, new byte[500]);
            pair.Path.IsCut = false;
            pair.Run(0.05);
        }
        pair.Run(2.5);

        var track = pair.Sender.Tracks[0];
        Assert.NotNull(track.LastReport);
        Assert.InRange(track.RoundTrip!.Value.TotalMilliseconds, 79, 85);
        Assert.InRange(pair.Sender.RoundTrip!.Value.TotalMilliseconds, 79, 85);
        Assert.Contains(pair.SenderEvents, e => e.Kind == PeerEventKind.Report);
        Assert.Equal(100, track.Packets);
        Assert.InRange(pair.Receiver.Tracks[0].Nacked, 20, 60);
        Assert.Equal(0, track.LastReport!.Value.CumulativeLost); // all repaired
    }

    [Fact]
    public void A_key_frame_request_names_the_video_track()
    {
        using var pair = new PeerPair();
        pair.Connect();
        pair.SendPacket(0, 0, true, [1, 2, 3]);
        pair.Run(0.1);
        pair.Receiver.RequestKeyFrame();
        pair.Run(0.2);

        var request = Assert.Single(pair.SenderEvents, e => e.Kind == PeerEventKind.KeyFrameRequest);
        Assert.True(pair.Sender.Tracks[request.Track].IsVideo);
    }

    [Fact]
    public void Equal_arguments_give_equal_bytes()
    {
        using var pair = new PeerPair();
        pair.Connect();
        var track = pair.Sender.Tracks[0];
        var (first, second) = (new byte[1300], new byte[1300]);

        var length = pair.Sender.Protect(track, 70_000, new(5), true, true, [1, 2, 3], first);
        pair.Sender.Protect(track, 70_001, new(5), true, true, [4, 5, 6], second);
        var again = pair.Sender.Protect(track, 70_000, new(5), true, true, [1, 2, 3], second);

        Assert.Equal(first.AsSpan(0, length), second.AsSpan(0, again));
    }

    [Fact]
    public void A_retransmission_stream_numbers_each_packet_anew()
    {
        using var pair = new PeerPair();
        pair.Connect();
        var track = pair.Sender.Tracks[0];
        var (first, second) = (new byte[1300], new byte[1300]);
        var expected = track.Retransmission!.NextIndex;
        var from = new Mumu.Protocols.Stun.FlowId(0, pair.Receiver.Selected!.Value.Remote);

        var length = pair.Sender.Retransmit(track, 70_000, new(5), true, true, [1, 2, 3], first);
        var again = pair.Sender.Retransmit(track, 70_000, new(5), true, true, [1, 2, 3], second);
        Assert.NotEqual(first[..length], second[..again]);
        Assert.Equal(expected + 2, track.Retransmission.NextIndex);
        foreach (var packet in new[] { first[..length], second[..again] })
        {
            Assert.True(pair.Receiver.Receive(packet, from, pair.Now, out var plain));
            Assert.True(Mumu.Protocols.Rtp.RtpPacket.TryParse(packet.AsSpan(0, plain), out var original));
            Assert.Equal(
                (track.PayloadType, (ushort)(70_000 & 0xFFFF), track.Ssrc),
                (original.PayloadType, original.Sequence.Value, original.Ssrc)
            );
            Assert.Equal([1, 2, 3], original.Payload.ToArray());
            Assert.True(original.Marker);
        }
        Assert.Equal(2, pair.Receiver.Tracks[0].Repaired);
    }

    [Fact]
    public void A_sequence_number_is_found_across_the_wrap()
    {
        using var pair = new PeerPair();
        var track = pair.Sender.Tracks[0];
        track.Take((int)(70_000 - track.NextIndex), 0);

        Assert.Equal(65_530u, track.IndexOf(new(65_530)));
        Assert.Equal(69_999u, track.IndexOf(new(unchecked((ushort)69_999))));
        Assert.Equal(70_000u - 65_536, track.IndexOf(new(unchecked((ushort)70_000))));
    }

    [Fact]
    public void A_good_bye_ends_the_other_side_at_once()
    {
        using var pair = new PeerPair();
        pair.Connect();
        pair.Receiver.Close();
        Assert.True(pair.RunUntil(() => pair.Sender.End != PeerEnd.None, 1));
        Assert.Equal(PeerEnd.RemoteClosed, pair.Sender.End);
        Assert.Equal(PeerEventKind.Ended, pair.SenderEvents[^1].Kind);
        Assert.Equal(PeerEnd.Closed, pair.Receiver.End);
    }

    [Fact]
    public void Silence_ends_the_session_with_a_reason()
    {
        using var pair = new PeerPair();
        pair.Connect();
        pair.Path.IsCut = true;
        Assert.True(pair.RunUntil(() => pair.Sender.End != PeerEnd.None, 60));
        Assert.Equal(PeerEnd.ConsentExpired, pair.Sender.End);
        Assert.NotEmpty(pair.SenderEvents[^1].Sentence!);
        Assert.Null(pair.Sender.NextDeadline);
    }

    [Fact]
    public void A_viewer_that_never_comes_is_given_up()
    {
        using var pair = new PeerPair(loss: 1);
        Assert.True(pair.RunUntil(() => pair.Sender.End != PeerEnd.None, 60));
        Assert.Equal(PeerEnd.ConnectTimeout, pair.Sender.End);
    }

    [Fact]
    public void Another_certificate_than_the_one_named_fails_the_handshake()
    {
        using var pair = new PeerPair(changeAnswer: answer =>
        {
            var at = answer.IndexOf("a=fingerprint:sha-256 ", StringComparison.Ordinal) + "a=fingerprint:sha-256 ".Length;
            return string.Concat(answer.AsSpan(0, at), answer[at] == 'A' ? "B" : "A", answer.AsSpan(at + 1));
        });
        Assert.True(pair.RunUntil(() => pair.Receiver.End != PeerEnd.None, 30));
        Assert.Equal(PeerEnd.HandshakeFailed, pair.Receiver.End);
        Assert.False(pair.Sender.IsConnected && pair.Sender.End == PeerEnd.None && pair.Receiver.IsConnected);
    }

    [Fact]
    public void Junk_changes_nothing()
    {
        using var pair = new PeerPair();
        pair.Connect();
        var random = new Random(5);
        var from = pair.Sender.Selected!.Value;
        for (var i = 0; i < 20_000; i++)
        {
            var junk = new byte[random.Next(0, 200)];
            random.NextBytes(junk);
            pair.Sender.Receive(junk, from, pair.Now);
        }
        pair.SendPacket(0, 1, true, [1]);
        pair.Run(1);
        Assert.True(pair.Sender.IsConnected);
        Assert.Single(pair.Received);
    }
}
