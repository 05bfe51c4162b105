// How fast messages go through data channels: ICE, DTLS and SCTP of two peers, both on one thread, without sockets.
using System.Diagnostics;
using System.Net;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Micro;

internal static class DataFigure
{
    private const long Bytes = 256 << 20;

    /// <summary>Megabytes (10⁶) a second from one peer to the other; the best of five rounds.</summary>
    public static double Measure(int messageBytes)
    {
        var best = 0.0;
        for (var round = 0; round < 5; round++)
        {
            using var ours = DtlsCertificate.Create();
            using var theirs = DtlsCertificate.Create();
            best = Math.Max(best, Run(ours, theirs, messageBytes));
        }
        return best;
    }

    private static double Run(DtlsCertificate ours, DtlsCertificate theirs, int messageBytes)
    {
        var watch = Stopwatch.StartNew();
        using var offerer = new ReceivingPeer(
            new PeerOptions { Certificate = theirs, Random = new Random(1) },
            new ReceivingOptions
            {
                Video = [],
                Audio = [],
                Data = true,
            },
            watch.Elapsed
        );
        var (here, there) = (TransportAddress.From(IPAddress.Loopback, 1), TransportAddress.From(IPAddress.Loopback, 2));
        offerer.AddLocalBase(0, there);
        if (
            !RemoteOffer.TryParse(offerer.Offer(isComplete: true), out var offer, out var error)
            || !AnswerPlan.TryMake(offer, [], out var plan, out error, acceptsData: true)
        )
        {
            throw new InvalidOperationException(error);
        }
        using var peer = new Peer(offer, plan, [], new PeerOptions { Certificate = ours, Random = new Random(2) }, watch.Elapsed);
        peer.AddLocalBase(0, here);
        if (!offerer.TryAccept(peer.Answer(offer, plan, isComplete: true), watch.Elapsed, out error))
        {
            throw new InvalidOperationException(error);
        }

        var (buffer, message) = (new byte[1500], new byte[messageBytes]);
        DataChannel? channel = null;
        var (sent, got, begun) = (0L, 0L, TimeSpan.Zero);
        while (got < Bytes)
        {
            var now = watch.Elapsed;
            if (peer.Data!.IsConnected && channel is null)
            {
                channel = peer.Data.Open(new DataChannelSetup("bench"));
                begun = now;
            }
            while (channel is not null && sent < Bytes && peer.Data.QueuedBytes < 1 << 20)
            {
                peer.Data.Send(channel, message, false, now);
                sent += messageBytes;
            }
            // As a loop does it: up to 32 datagrams, then the other side's turn.
            for (var i = 0; i < 32 && peer.TryTransmit(buffer, now, out var length, out _); i++)
            {
                offerer.Receive(buffer.AsSpan(0, length), new FlowId(0, here), now, out _);
            }
            while (offerer.Data?.TryRead(out var e) == true)
            {
                got += e.Data.Length;
            }
            while (offerer.TryTransmit(buffer, now, out var length, out _))
            {
                peer.Receive(buffer.AsSpan(0, length), new FlowId(0, there), now);
            }
            while (peer.Data.TryRead(out _) || peer.TryRead(out _) || offerer.TryRead(out _))
            {
                // Nothing of it matters here.
            }
            if (peer.NextDeadline <= now)
            {
                peer.Tick(now);
            }
            if (offerer.NextDeadline <= now)
            {
                offerer.Tick(now);
            }
        }
        return Bytes / 1e6 / (watch.Elapsed - begun).TotalSeconds;
    }
}
