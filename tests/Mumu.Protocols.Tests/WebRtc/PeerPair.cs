// Our sender and our receiver, joined by a lossy path under virtual time.
using System.Net;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.Tests.WebRtc;

/// <summary>Runs both peers; sends what a test hands it, keeps what arrives, answers NACKs by protecting again.</summary>
internal sealed class PeerPair : IDisposable
{
    private static readonly DtlsCertificate s_sender = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private static readonly DtlsCertificate s_receiver = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private static readonly TransportAddress s_senderAddress = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 8189);
    private readonly LossyPath _path;
    private readonly IReadOnlyList<SendTrack> _tracks;
    private readonly Dictionary<(int Track, ulong Index), (RtpTimestamp Time, bool Marker, byte[] Payload)> _sent = [];

    public PeerPair(
        int seed = 1,
        double loss = 0,
        int delayMs = 20,
        int jitterMs = 0,
        double duplication = 0,
        IReadOnlyList<SendTrack>? tracks = null,
        ReceivingOptions? receiving = null,
        Func<string, string>? changeAnswer = null,
        bool acceptsData = false
    )
    {
        _path = new LossyPath(seed, loss, TimeSpan.FromMilliseconds(delayMs), TimeSpan.FromMilliseconds(jitterMs), duplication);
        _tracks = tracks ??= [new SendTrack(Codec.H264, 90000, 0, ProfileLevelId.Default), new SendTrack(Codec.Opus, 48000, 2)];
        Receiver = new ReceivingPeer(Options(s_receiver, seed * 2), receiving ?? new ReceivingOptions(), Now);
        Receiver.AddLocalBase(0, ReceiverAddress);
        OfferSdp = Receiver.Offer(isComplete: true);
        Assert.True(RemoteOffer.TryParse(OfferSdp, out var offer, out var error), error);
        Assert.True(AnswerPlan.TryMake(offer, tracks, out var plan, out error, acceptsData), error);
        Sender = new Peer(offer, plan, tracks, Options(s_sender, seed * 2 + 1), Now);
        Sender.AddLocalBase(0, s_senderAddress);
        AnswerSdp = Sender.Answer(offer, plan, isComplete: true);
        Assert.True(Receiver.TryAccept(changeAnswer?.Invoke(AnswerSdp) ?? AnswerSdp, Now, out error), error);
    }

    public Peer Sender { get; }

    public ReceivingPeer Receiver { get; }

    public LossyPath Path => _path;

    public string OfferSdp { get; }

    public string AnswerSdp { get; }

    /// <summary>Where the receiver is now; what was sent to another place of it gets lost.</summary>
    public TransportAddress ReceiverAddress { get; private set; } = TransportAddress.From(IPAddress.Parse("192.0.2.2"), 50000);

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    /// <summary>What arrived, by payload type and sequence number.</summary>
    public Dictionary<(byte Type, ushort Sequence), (uint Time, bool Marker, byte[] Payload)> Received { get; } = [];

    public int Duplicates { get; private set; }

    /// <summary>Is called whenever something may have come.</summary>
    public Action? OnSettle { get; init; }

    public List<PeerEvent> SenderEvents { get; } = [];

    public List<PeerEvent> ReceiverEvents { get; } = [];

    /// <summary>Moves the receiver to another address, as when its network changes.</summary>
    public void MoveReceiver(string address)
    {
        ReceiverAddress = TransportAddress.From(IPAddress.Parse(address), 50001);
        Receiver.AddLocalBase(0, ReceiverAddress);
    }

    /// <summary>Restarts ICE by a further offer of the receiver; returns the new answer.</summary>
    public string Restart(Func<string, string>? changeOffer = null)
    {
        Receiver.Restart();
        var text = Receiver.Offer(isComplete: true);
        Assert.True(RemoteOffer.TryParse(changeOffer?.Invoke(text) ?? text, out var offer, out var error), error);
        Assert.True(AnswerPlan.TryMake(offer, _tracks, out var plan, out error), error);
        Assert.True(Sender.CanRestart(offer, plan, out error), error);
        Sender.Restart(offer.Credentials);
        foreach (var candidate in offer.Candidates)
        {
            Sender.AddRemoteCandidate(candidate, Now);
        }
        var answer = Sender.Answer(offer, plan, isComplete: true);
        Assert.True(Receiver.TryAccept(answer, Now, out error), error);
        return answer;
    }

    /// <summary>Sends one packet of one of the sender's tracks.</summary>
    public ushort SendPacket(int track, uint time, bool marker, byte[] payload)
    {
        var outgoing = Sender.Tracks[track];
        outgoing.SetClock(Now, new RtpTimestamp(time));
        var index = outgoing.Take(1, payload.Length);
        _sent[(track, index)] = (new RtpTimestamp(time), marker, payload);
        Transmit(track, index);
        return (ushort)index;
    }

    public bool RunUntil(Func<bool> done, double seconds)
    {
        var limit = Now + TimeSpan.FromSeconds(seconds);
        Settle();
        while (!done())
        {
            var next = Earliest(_path.Next, Sender.NextDeadline, Receiver.NextDeadline);
            if (next is null || next > limit)
            {
                Now = limit;
                return done();
            }
            Now = next > Now ? next.Value : Now;
            while (_path.TryTake(Now, out var to, out var from, out var datagram))
            {
                Deliver(to, from, datagram);
            }
            if (Sender.NextDeadline <= Now)
            {
                Sender.Tick(Now);
            }
            if (Receiver.NextDeadline <= Now)
            {
                Receiver.Tick(Now);
            }
            Settle();
        }
        return true;
    }

    public void Run(double seconds) => RunUntil(() => false, seconds);

    public void Connect(double seconds = 30) =>
        Assert.True(RunUntil(() => Sender.IsConnected && Receiver.IsConnected, seconds), "The peers did not connect.");

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
    }

    private static PeerOptions Options(DtlsCertificate certificate, int seed) =>
        new()
        {
            Certificate = certificate,
            Random = new Random(seed),
            NtpAtZero = NtpClock.AtZero(DateTimeOffset.UnixEpoch.AddYears(56), TimeSpan.Zero),
        };

    private static TimeSpan? Earliest(params TimeSpan?[] times) => times.Min();

    private void Deliver(int to, TransportAddress from, byte[] datagram)
    {
        if (to == 0)
        {
            Sender.Receive(datagram, new FlowId(0, from), Now);
        }
        else if (Receiver.Receive(datagram, new FlowId(0, from), Now, out var length))
        {
            Assert.True(RtpPacket.TryParse(datagram.AsSpan(0, length), out var packet));
            if (
                !Received.TryAdd(
                    (packet.PayloadType, packet.Sequence.Value),
                    (packet.Timestamp.Value, packet.Marker, packet.Payload.ToArray())
                )
            )
            {
                Duplicates++;
            }
        }
    }

    private void Settle()
    {
        var buffer = new byte[1500];
        OnSettle?.Invoke();
        while (Sender.TryRead(out var e))
        {
            SenderEvents.Add(e);
            if (e.Kind == PeerEventKind.Nack)
            {
                var index = Sender.Tracks[e.Track].IndexOf(e.Sequence);
                if (_sent.ContainsKey((e.Track, index)))
                {
                    Transmit(e.Track, index, again: true);
                }
            }
        }
        while (Receiver.TryRead(out var e))
        {
            ReceiverEvents.Add(e);
        }
        while (Sender.TryTransmit(buffer, Now, out var length, out var flow))
        {
            SendToReceiver(buffer.AsSpan(0, length), flow);
        }
        while (Receiver.TryTransmit(buffer, Now, out var length, out _))
        {
            _path.Send(0, ReceiverAddress, buffer.AsSpan(0, length), Now);
        }
    }

    private void Transmit(int track, ulong index, bool again = false)
    {
        var (time, marker, payload) = _sent[(track, index)];
        var buffer = new byte[1500];
        var length = again
            ? Sender.Retransmit(Sender.Tracks[track], index, time, marker, delayHint: marker, payload, buffer)
            : Sender.Protect(Sender.Tracks[track], index, time, marker, delayHint: marker, payload, buffer);
        SendToReceiver(buffer.AsSpan(0, length), Sender.Selected ?? new FlowId(0, ReceiverAddress));
    }

    private void SendToReceiver(ReadOnlySpan<byte> datagram, in FlowId flow)
    {
        if (flow.Remote == ReceiverAddress)
        {
            _path.Send(1, s_senderAddress, datagram, Now);
        }
    }
}
