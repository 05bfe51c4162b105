// One RTP stream that we receive: its numbers, and what is missing.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>A track of the remote side. Its figures are read by the owner of the peer.</summary>
public sealed class IncomingTrack
{
    private const int MaxGap = 3000; // a jump farther than this is a new beginning

    private readonly ReceptionStatistics _statistics;
    private readonly MissingPackets _missing = new();

    internal IncomingTrack(Codec codec, int payloadType, int clockRate, bool isVideo)
    {
        Codec = codec;
        PayloadType = payloadType;
        ClockRate = clockRate;
        IsVideo = isVideo;
        _statistics = new ReceptionStatistics(clockRate);
    }

    /// <summary>The format.</summary>
    public Codec Codec { get; }

    /// <summary>The payload type agreed on.</summary>
    public int PayloadType { get; }

    /// <summary>RTP ticks a second.</summary>
    public int ClockRate { get; }

    /// <summary>True for pictures.</summary>
    public bool IsVideo { get; }

    /// <summary>The source; null before its first packet, unless the answer named it.</summary>
    public Ssrc? Ssrc { get; internal set; }

    /// <summary>The source of its retransmissions (RFC 4588); null if they come in the stream itself.</summary>
    public Ssrc? RtxSsrc { get; internal set; }

    /// <summary>Audio channels as the description tells them; 1 for pictures.</summary>
    public int Channels { get; internal init; } = 1;

    internal int? RtxPayloadType { get; init; }

    internal string Mid { get; init; } = "";

    /// <summary>Packets of the stream itself received, each once; without those of its retransmission stream.</summary>
    public long Packets => _statistics.Received;

    /// <summary>Packets that the retransmission stream brought, empty ones not counted.</summary>
    public long Repaired { get; private set; }

    /// <summary>Packets missing in the stream itself between the first and the highest number.</summary>
    public long Lost => _statistics.Lost;

    /// <summary>Interarrival jitter (RFC 3550 §A.8).</summary>
    public TimeSpan Jitter => _statistics.Jitter;

    /// <summary>Payload bytes received.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>The highest packet number seen, extended over wraps; −1 before the first packet.</summary>
    public long HighestIndex { get; private set; } = -1;

    /// <summary>Packets asked for again, counted as often as they were.</summary>
    public long Nacked { get; private set; }

    internal TimeSpan? NextNack => _missing.Next;

    /// <summary>Takes a packet that the retransmission stream brought, already in its original form. It counts for what is missing, not for the loss reported.</summary>
    internal void TakeRepaired(in RtpPacket packet)
    {
        Repaired++;
        PayloadBytes += packet.Payload.Length;
        if (HighestIndex >= 0)
        {
            _missing.Remove(HighestIndex + packet.Sequence.Since(new SequenceNumber((ushort)HighestIndex)));
        }
    }

    internal void Take(in RtpPacket packet, TimeSpan now)
    {
        var index =
            HighestIndex < 0
                ? packet.Sequence.Value + 65536L
                : HighestIndex + packet.Sequence.Since(new SequenceNumber((ushort)HighestIndex));
        if (HighestIndex >= 0 && Math.Abs(index - HighestIndex) > MaxGap)
        {
            _missing.Clear();
            _statistics.Reset();
            HighestIndex = index;
        }
        else if (HighestIndex >= 0 && index > HighestIndex)
        {
            _missing.Add(HighestIndex + 1, index, now);
        }
        else
        {
            _missing.Remove(index);
        }
        HighestIndex = Math.Max(HighestIndex, index);
        _statistics.OnPacket(packet.Sequence, packet.Timestamp, now);
        PayloadBytes += packet.Payload.Length;
    }

    /// <summary>What the sender said last of its clocks; null before that.</summary>
    internal SenderClock? Clock { get; private set; }

    internal void TakeSenderReport(in SenderReport report, TimeSpan now)
    {
        _statistics.OnSenderReport(report.NtpTime, now);
        if (report.NtpTime != 0)
        {
            Clock = new SenderClock(report.NtpTime, report.Timestamp);
        }
    }

    internal ReportBlock Report(TimeSpan now) => _statistics.Report(Ssrc ?? default, now);

    internal int TakeMissing(Span<SequenceNumber> into, TimeSpan? roundTrip, TimeSpan now)
    {
        var count = _missing.TakeDue(into, roundTrip ?? TimeSpan.FromMilliseconds(30), now);
        Nacked += count;
        return count;
    }
}
