// The receiving end of one track: packets of a transport in, units in order out.
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.Rtp;

/// <summary>How an <see cref="RtpReceiver"/> treats its transport.</summary>
/// <param name="ReorderWindow">Packets that may wait for earlier ones, a power of two; 0 over TCP.</param>
/// <param name="ReorderDelay">How long they may wait.</param>
public sealed record RtpReceiverOptions(int ReorderWindow, TimeSpan ReorderDelay)
{
    /// <summary>For transports that keep order.</summary>
    public static RtpReceiverOptions Ordered { get; } = new(0, TimeSpan.Zero);

    /// <summary>For datagrams: 256 packets, 100 ms.</summary>
    public static RtpReceiverOptions Datagrams { get; } = new(256, TimeSpan.FromMilliseconds(100));
}

/// <summary>
/// Receives one track: holds on to one source, restores order, unwraps time, puts units together and reports reception. Sans-IO.
/// </summary>
/// <param name="depacketizer">Puts units together.</param>
/// <param name="clockRate">Ticks a second of the payload's clock.</param>
/// <param name="options">How to treat the transport.</param>
public sealed class RtpReceiver(IRtpDepacketizer depacketizer, int clockRate, RtpReceiverOptions options)
{
    private readonly RtpReorderBuffer _reorder = new(options.ReorderWindow, options.ReorderDelay);
    private (Ssrc Source, SequenceNumber Next)? _candidate; // a stranger is believed when its second packet follows its first
    private byte? _payloadType;
    private bool _wasReset;

    /// <summary>The depacketiser.</summary>
    public IRtpDepacketizer Depacketizer { get; } = depacketizer;

    /// <summary>The timeline; may be started from outside before the first packet.</summary>
    public RtpTimeline Timeline { get; } = new(clockRate);

    /// <summary>Arrivals counted for reports.</summary>
    public ReceptionStatistics Statistics { get; } = new(clockRate);

    /// <summary>The source held on to; null before the first packet.</summary>
    public Ssrc? Source { get; private set; }

    /// <summary>Packets given up as lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Packets that were no RTP, or of another source or payload type.</summary>
    public long Rejected { get; private set; }

    /// <summary>Packets that came twice or too late.</summary>
    public long Late => _reorder.Dropped;

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    public TimeSpan? NextDeadline => _reorder.NextDeadline;

    /// <summary>Takes a packet; false when it was rejected. Then <see cref="TryRead"/> until it has no more.</summary>
    public bool Receive(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (!RtpPacket.TryParse(packet, out var parsed) || !IsOurs(parsed))
        {
            Rejected++;
            return false;
        }
        Statistics.OnPacket(parsed.Sequence, parsed.Timestamp, now);
        ReorderResult result;
        int lost;
        while ((result = _reorder.Offer(packet, parsed.Sequence, now, out lost)) == ReorderResult.TooEarly)
        {
            GiveUpGap(now);
        }
        if (result == ReorderResult.Next)
        {
            Process(parsed, lost, now);
            Drain(now);
        }
        return true;
    }

    /// <summary>Gives up gaps whose time is up.</summary>
    public void Tick(TimeSpan now) => Drain(now);

    /// <summary>Takes the next unit; its bytes are valid until the next <see cref="Receive"/> or <see cref="Tick"/>.</summary>
    public bool TryRead(out DepacketizedUnit unit) => Depacketizer.TryRead(out unit);

    /// <summary>Takes an RTCP compound that belongs to this track; true when the source said goodbye.</summary>
    public bool ReceiveRtcp(ReadOnlySpan<byte> compound, TimeSpan now)
    {
        foreach (var packet in new RtcpReader(compound))
        {
            if (SenderReport.TryParse(packet, out var report) && (Source is null || report.Sender == Source))
            {
                Statistics.OnSenderReport(report.NtpTime, now);
            }
            else if (Bye.TryParse(packet, out var bye) && Source is { } source)
            {
                for (var i = 0; i < bye.Count; i++)
                {
                    if (bye.Source(i) == source)
                    {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// <summary>Writes a receiver report with a source description (RFC 3550 §6.4.2, §6.5); 0 before the first packet. At most 80 bytes.</summary>
    public int WriteReport(Span<byte> destination, Ssrc reporter, ReadOnlySpan<byte> cname, TimeSpan now)
    {
        if (Source is not { } source)
        {
            return 0;
        }
        var length = ReceiverReport.Write(destination, reporter, [Statistics.Report(source, now)]);
        return length + SourceDescription.Write(destination[length..], reporter, cname);
    }

    private void Drain(TimeSpan now)
    {
        while (_reorder.TryTake(now, force: false, out var packet, out var lost))
        {
            ProcessHeld(packet, lost, now);
        }
    }

    private void GiveUpGap(TimeSpan now)
    {
        if (_reorder.TryTake(now, force: true, out var packet, out var lost))
        {
            ProcessHeld(packet, lost, now);
            Drain(now);
        }
    }

    private void ProcessHeld(ReadOnlySpan<byte> packet, int lost, TimeSpan now)
    {
        if (RtpPacket.TryParse(packet, out var parsed)) // as it did when it came
        {
            Process(parsed, lost, now);
        }
    }

    private void Process(in RtpPacket packet, int lost, TimeSpan now)
    {
        Lost += lost;
        var time = Timeline.Unwrap(packet.Timestamp, now);
        Depacketizer.Push(packet.Payload, time, packet.Marker, lost > 0 || _wasReset);
        _wasReset = false;
    }

    private bool IsOurs(in RtpPacket packet)
    {
        if (Source is null || Source == packet.Ssrc)
        {
            Source = packet.Ssrc;
            _payloadType ??= packet.PayloadType;
            _candidate = null;
            return packet.PayloadType == _payloadType;
        }
        if (_candidate != (packet.Ssrc, packet.Sequence))
        {
            _candidate = (packet.Ssrc, packet.Sequence.Next);
            return false;
        }
        Source = packet.Ssrc;
        _candidate = null;
        _wasReset = true;
        _reorder.Reset();
        Statistics.Reset();
        return true;
    }
}
