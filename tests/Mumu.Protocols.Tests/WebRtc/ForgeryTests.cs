// Every kind of packet of a call, cut at every length and damaged everywhere, at both ends.
using System.Net;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class ForgeryTests
{
    private const int EachKind = 3;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_cut_or_damaged_is_taken_from_the_peers_address_or_another(bool fromPeer)
    {
        using var pair = new DataPair();
        var kinds = new Dictionary<(int To, string Kind), List<byte[]>>();
        pair.Peers.Path.OnSend = (to, packet) =>
        {
            var list = kinds.TryGetValue((to, KindOf(packet)), out var known) ? known : kinds[(to, KindOf(packet))] = [];
            list.Add(packet);
        };
        pair.Connect();
        var channel = pair.Open(0, new DataChannelSetup("x"));
        for (var i = 0; i < 50; i++)
        {
            pair.Peers.SendPacket(0, (uint)i * 3000, true, new byte[700]);
            pair.Peers.SendPacket(1, (uint)i * 960, true, new byte[80]);
            pair.Send(0, channel, new byte[1500]);
            pair.Peers.Run(0.2);
        }
        pair.Peers.Path.OnSend = null;
        Assert.Superset(
            new HashSet<string> { "check", "answer", "handshake", "record", "RTCP" },
            kinds.Keys.Where(key => key.To == 0).Select(key => key.Kind).ToHashSet()
        );
        Assert.Contains((1, "RTP"), kinds.Keys);

        var peers = pair.Peers;
        var (senders, receivers, received, heard) = (
            peers.SenderEvents.Count,
            peers.ReceiverEvents.Count,
            peers.Received.Count,
            pair.Heard[1].Count
        );
        var selected = peers.Sender.Selected;
        var reports = peers.SenderEvents.Count(e => e.Kind != PeerEventKind.Report);
        var strange = new FlowId(0, TransportAddress.From(IPAddress.Parse("203.0.113.9"), 4000));
        var random = new Random(1);
        foreach (var ((to, kind), packets) in kinds)
        {
            // The last attribute of STUN, FINGERPRINT, stands behind the integrity and proves nothing; without it a check is as authentic as with it.
            var unproved = kind is "check" or "answer" ? 8 : 0;
            var from = fromPeer ? (to == 0 ? peers.Sender.Selected!.Value : peers.Receiver.Selected!.Value) : strange;
            foreach (var packet in packets.OrderBy(_ => random.Next()).Take(EachKind))
            {
                for (var length = 0; length < packet.Length; length++)
                {
                    Inject(to, packet[..length], from);
                }
                for (var at = 0; at < packet.Length - unproved; at++)
                {
                    var damaged = (byte[])packet.Clone();
                    damaged[at] ^= (byte)random.Next(1, 256);
                    Inject(to, damaged, from);
                }
            }
        }
        Assert.Equal(reports, peers.SenderEvents.Count(e => e.Kind != PeerEventKind.Report));
        Assert.Equal(receivers, peers.ReceiverEvents.Count);
        Assert.Equal(received, peers.Received.Count);
        Assert.Equal(heard, pair.Heard[1].Count);
        Assert.Equal(selected, peers.Sender.Selected);

        peers.SendPacket(0, 1 << 20, true, [1]);
        pair.Send(0, channel, [1]);
        Assert.True(pair.RunUntil(() => peers.Received.Count == received + 1 && pair.Heard[1].Count == heard + 1, 5));

        void Inject(int to, byte[] packet, in FlowId from)
        {
            var taken = to == 0 ? peers.Sender.Receive(packet, from, peers.Now) : peers.Receiver.Receive(packet, from, peers.Now, out _);
            Assert.False(taken);
            peers.Run(0);
        }
    }

    private static string KindOf(byte[] packet) =>
        packet[0] switch
        {
            0 => "check",
            1 => "answer",
            20 or 21 or 22 => "handshake",
            23 => "record",
            _ => packet[1] is >= 200 and <= 207 ? "RTCP" : "RTP",
        };
}
