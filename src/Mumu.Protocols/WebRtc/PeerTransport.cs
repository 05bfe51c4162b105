// The way between two peers: ICE finds it, DTLS agrees on keys, SRTP and SCTP use them.
using System.Runtime.CompilerServices;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Srtp;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.WebRtc;

/// <summary>ICE, DTLS and SRTP of one peer, in either role. Sans-IO; one loop owns it.</summary>
internal sealed class PeerTransport : IDisposable
{
    private const int MaxEarly = 4;

    private readonly PeerOptions _options;
    private readonly Queue<PeerEvent> _events;
    private TimeSpan _connectBy;
    private DtlsTransport? _dtls;
    private SrtpReceiver? _receiver;
    private readonly List<(FlowId Flow, byte[] Datagram)> _early = [];
    private bool _isDtlsStarted;
    private bool _hasKeys;

    internal PeerTransport(PeerOptions options, IceRole role, Queue<PeerEvent> events, TimeSpan now)
    {
        _options = options;
        _events = events;
        _connectBy = now + options.ConnectTimeout;
        Ice = new IceAgent(
            new IceOptions
            {
                Role = role,
                Local = IceGenerations.NewCredentials(options.Random),
                TieBreaker = (ulong)options.Random.NextInt64(long.MaxValue),
                Random = options.Random,
                TransactionTag = options.TransactionTag,
            }
        );
        Generations = new IceGenerations(Ice, options.Random);
    }

    internal IceAgent Ice { get; }

    internal IceGenerations Generations { get; }

    /// <summary>SHA-256 of the other side's certificate as its description told it; empty before that.</summary>
    internal byte[] RemoteFingerprint { get; private set; } = [];

    internal SrtpSender? Sender { get; private set; }

    /// <summary>Data channels, where they are agreed to.</summary>
    internal PeerDataChannels? Data { get; set; }

    /// <summary>Media was agreed to, so that there must be keys for it.</summary>
    internal bool CarriesMedia { get; set; } = true;

    internal PeerEnd End { get; private set; }

    internal bool IsConnected => _hasKeys && End == PeerEnd.None;

    internal TimeSpan? NextDeadline =>
        End != PeerEnd.None ? null : Earlier(Earlier(Ice.NextDeadline, _dtls?.NextDeadline), IsConnected ? Data?.NextDeadline : _connectBy);

    /// <summary>Tells the other side's credentials and certificate: from here on a connection can come about.</summary>
    internal void SetRemote(IceCredentials credentials, bool isLite, DtlsRole role, ReadOnlySpan<byte> fingerprint, TimeSpan now)
    {
        _connectBy = now + _options.ConnectTimeout; // An answer may take its time.
        RemoteFingerprint = fingerprint.ToArray();
        _dtls = new DtlsTransport(_options.Certificate, role, _options.MaxDatagram, fingerprint);
        Generations.SetRemote(credentials, isLite);
        if (role == DtlsRole.Server)
        {
            _isDtlsStarted = true;
            _dtls.Start(now);
        }
    }

    internal bool AddRemoteCandidate(IceCandidate candidate, TimeSpan now) =>
        _options.MayTry?.Invoke(candidate) != false && Ice.AddRemoteCandidate(candidate, now);

    internal Arrival Receive(Span<byte> datagram, in FlowId flow, TimeSpan now, out int length)
    {
        length = 0;
        if (End != PeerEnd.None || datagram.IsEmpty)
        {
            return Arrival.None;
        }
        switch (datagram[0])
        {
            case <= 3:
                if (!Ice.Receive(datagram, flow, now))
                {
                    return Arrival.None;
                }
                Advance(now);
                return Arrival.Check;
            case >= 20 and <= 63 when _isDtlsStarted && Ice.IsValidated(flow):
                _dtls!.Receive(datagram, now);
                Advance(now);
                return Arrival.None;
            case >= 20 and <= 63 when !IsConnected && _early.Count < MaxEarly:
                // The viewer's side of the path may be ready one round trip before ours; its first flight waits that long here.
                _early.Add((flow, datagram.ToArray()));
                return Arrival.None;
            case >= 128 and <= 191 when _receiver is not null && Ice.IsValidated(flow):
                var isRtcp = Rtp.RtpHeader.IsRtcp(datagram);
                if (!(isRtcp ? _receiver.TryUnprotectRtcp(datagram, out length) : _receiver.TryUnprotect(datagram, out length)))
                {
                    return Arrival.None;
                }
                Ice.OnTraffic(flow, now);
                return isRtcp ? Arrival.Rtcp : Arrival.Rtp;
            default:
                return Arrival.None;
        }
    }

    internal void Tick(TimeSpan now)
    {
        if (End != PeerEnd.None)
        {
            return;
        }
        Ice.Tick(now);
        if (_isDtlsStarted)
        {
            _dtls!.Tick(now);
        }
        Data?.Tick(now);
        Advance(now);
        if (End == PeerEnd.None && !IsConnected && now >= _connectBy)
        {
            Finish(
                PeerEnd.ConnectTimeout,
                Ice.State is IceState.Connected
                    ? "The encryption handshake with the viewer did not finish in time."
                    : "No network path to the viewer was found in time."
            );
        }
    }

    internal bool TryTransmit(Span<byte> buffer, TimeSpan now, out int length, out FlowId flow)
    {
        if (Ice.TryTransmit(buffer, out length, out flow))
        {
            return true;
        }
        if (_dtls is null || Ice.Selected is not { } selected)
        {
            return false;
        }
        flow = selected;
        if (_dtls.TryTransmit(buffer, out length))
        {
            return true;
        }
        return IsConnected
            && Data is not null
            && Data.TryTransmit(buffer, now, out var plain)
            && _dtls.Send(buffer[..plain])
            && _dtls.TryTransmit(buffer, out length);
    }

    /// <summary>Says good-bye; the datagrams that say it can still be taken from <see cref="TryTransmit"/>.</summary>
    internal void Close(PeerEnd end, string sentence)
    {
        if (End != PeerEnd.None)
        {
            return;
        }
        _dtls?.Close();
        Finish(end, sentence);
    }

    public void Dispose()
    {
        _dtls?.Dispose();
        Sender?.Dispose();
        _receiver?.Dispose();
    }

    private void Advance(TimeSpan now)
    {
        while (Ice.TryRead(out var e))
        {
            switch (e)
            {
                case IceEvent.LocalCandidate found:
                    _events.Enqueue(new PeerEvent(PeerEventKind.LocalCandidate, Candidate: found.Candidate));
                    break;
                case IceEvent.GatheringCompleted:
                    _events.Enqueue(new PeerEvent(PeerEventKind.GatheringCompleted));
                    break;
                case IceEvent.StateChanged { State: IceState.Failed } failed:
                    Finish(
                        IsConnected ? PeerEnd.ConsentExpired : PeerEnd.ConnectTimeout,
                        failed.Reason ?? "The network path to the viewer is gone."
                    );
                    return;
            }
        }
        if (_dtls is null)
        {
            return;
        }
        if (!_isDtlsStarted && Ice.Selected is not null)
        {
            _isDtlsStarted = true;
            _dtls.Start(now);
        }
        TakeEarly(now);
        switch (_dtls.State)
        {
            case DtlsState.Connected:
                if (!_hasKeys)
                {
                    UseKeys(now);
                }
                ReadData(now);
                break;
            case DtlsState.Failed:
                Finish(PeerEnd.HandshakeFailed, $"The encryption handshake failed: {_dtls.Failure}.");
                break;
            case DtlsState.Closed:
                Finish(PeerEnd.RemoteClosed, "The viewer left.");
                break;
        }
    }

    private void TakeEarly(TimeSpan now)
    {
        for (var i = 0; _isDtlsStarted && i < _early.Count; )
        {
            var (flow, datagram) = _early[i];
            if (!Ice.IsValidated(flow))
            {
                i++;
                continue;
            }
            _early.RemoveAt(i);
            _dtls!.Receive(datagram, now);
        }
    }

    private void UseKeys(TimeSpan now)
    {
        if (_dtls!.TryGetKeys(out var local, out var remote))
        {
            Sender = new SrtpSender(_dtls.SrtpProfile, local);
            _receiver = new SrtpReceiver(_dtls.SrtpProfile, remote);
        }
        else if (CarriesMedia)
        {
            Finish(PeerEnd.HandshakeFailed, "The viewer agreed to none of our media encryption profiles.");
            return;
        }
        _hasKeys = true;
        if (Data is null)
        {
            _dtls.ReleaseRecords(); // media alone is carried
        }
        Data?.Start(_dtls.MaxSend, now);
        _early.Clear();
        _events.Enqueue(new PeerEvent(PeerEventKind.Connected));
    }

    [SkipLocalsInit]
    private void ReadData(TimeSpan now)
    {
        Span<byte> packet = stackalloc byte[DtlsTransport.MaxData];
        while (_dtls!.TryReadData(packet, out var length))
        {
            Data?.Receive(packet[..length], now); // what nobody agreed to is dropped
        }
    }

    private void Finish(PeerEnd end, string sentence)
    {
        if (End == PeerEnd.None)
        {
            End = end;
            Data?.End();
            _events.Enqueue(new PeerEvent(PeerEventKind.Ended, End: end, Sentence: sentence));
        }
    }

    internal static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;
}
