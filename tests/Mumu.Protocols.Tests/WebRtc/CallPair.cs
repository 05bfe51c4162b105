// Two whole peers that both send and receive, joined by a lossy path under virtual time: one has made the offer, the other the answer.
using System.Net;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Offering;

namespace Mumu.Protocols.Tests.WebRtc;

internal sealed class CallPair : IDisposable
{
    private static readonly DtlsCertificate[] s_certificates =
    [
        DtlsCertificate.Create(DtlsTimers.VirtualTime),
        DtlsCertificate.Create(DtlsTimers.VirtualTime),
    ];
    private static readonly TransportAddress[] s_addresses =
    [
        TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8189),
        TransportAddress.From(IPAddress.Parse("192.0.2.2"), 8190),
    ];
    private readonly LossyPath _path;

    /// <param name="seed">Of everything random.</param>
    /// <param name="offered">What the first side offers.</param>
    /// <param name="sends">What the second side has to send.</param>
    /// <param name="receives">What the second side takes; null for nothing.</param>
    /// <param name="loss">Part of the datagrams lost, each way.</param>
    /// <param name="jitterMs">Reordering.</param>
    /// <param name="duplication">Part of the datagrams that come twice.</param>
    public CallPair(
        int seed,
        OfferContents offered,
        IReadOnlyList<SendTrack> sends,
        IReadOnlyList<Codec>? receives,
        double loss = 0,
        int jitterMs = 0,
        double duplication = 0
    )
    {
        _path = new LossyPath(seed, loss, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(jitterMs), duplication);
        using var ours = new PeerOffer(offered, Options(0, seed), Now);
        ours.AddLocalBase(0, s_addresses[0]);
        Offer = ours.Write(isComplete: true, Now);
        Assert.True(RemoteOffer.TryParse(Offer, out var offer, out var error), error);
        Assert.True(AnswerPlan.TryMake(offer, sends, out var plan, out error, offered.Data, receives), error);
        var answering = new Peer(offer, plan, sends, Options(1, seed), Now);
        answering.AddLocalBase(0, s_addresses[1]);
        Answer = answering.Answer(offer, plan, isComplete: true);
        Assert.True(ours.TryAccept(Answer, Now, out var peer, out _, out error), error);
        Ends = [new CallEnd(peer, seed * 2), new CallEnd(answering, seed * 2 + 1)];
    }

    public string Offer { get; }

    public string Answer { get; }

    /// <summary>The side that offered, and the one that answered.</summary>
    public CallEnd[] Ends { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    public bool RunUntil(Func<bool> done, double seconds)
    {
        var limit = Now + TimeSpan.FromSeconds(seconds);
        Settle();
        while (!done())
        {
            var next = new[] { _path.Next, Ends[0].Peer.NextDeadline, Ends[1].Peer.NextDeadline }.Min();
            if (next is null || next > limit)
            {
                Now = limit;
                return done();
            }
            Now = next > Now ? next.Value : Now;
            while (_path.TryTake(Now, out var to, out var from, out var datagram))
            {
                Ends[to].Peer.Receive(datagram, new FlowId(0, from), Now);
                Ends[to].Collect();
            }
            foreach (var end in Ends)
            {
                if (end.Peer.NextDeadline <= Now)
                {
                    end.Peer.Tick(Now);
                    end.Collect();
                }
            }
            Settle();
        }
        return true;
    }

    public void Connect() =>
        Assert.True(RunUntil(() => Ends[0].Peer.IsConnected && Ends[1].Peer.IsConnected, 30), "The peers did not connect.");

    /// <summary>Sends one frame of a track from one side.</summary>
    public void Send(int from, int track, byte[] frame, double seconds) =>
        Ends[from].Send(track, frame, seconds, Now, packet => _path.Send(1 - from, s_addresses[from], packet, Now));

    public void Dispose()
    {
        foreach (var end in Ends)
        {
            end.Peer.Dispose();
        }
    }

    internal static PeerOptions Options(int side, int seed) =>
        new()
        {
            Certificate = s_certificates[side],
            Random = new Random(seed * 2 + side),
            NtpAtZero = NtpClock.AtZero(DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.Zero),
        };

    private void Settle()
    {
        var buffer = new byte[1500];
        for (var side = 0; side < 2; side++)
        {
            var (end, other) = (Ends[side], 1 - side);
            end.Answer(packet => _path.Send(other, s_addresses[side], packet, Now), Now);
            while (end.Peer.TryTransmit(buffer, Now, out var length, out _))
            {
                _path.Send(other, s_addresses[side], buffer.AsSpan(0, length), Now);
            }
        }
    }
}
