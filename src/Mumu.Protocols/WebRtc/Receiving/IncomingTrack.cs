// One RTP stream that we receive: its numbers as RFC 3550 counts them, and what is missing.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>A track of the remote side. Its figures are read by the owner of the peer.</summary>
public sealed class IncomingTrack
{
    private const int MaxGap = 3000; // a jump farther than this is a new beginning

    private readonly MissingPackets _missing = new();
    private long _base = -1;
    private long _expectedBefore;
    private long _receivedBefore;
    private double _jitter;
    private long? _transit;
    private uint _lastSenderReport;
    private TimeSpan _lastSenderReportAt;

    internal IncomingTrack(Codec codec, int payloadType, int clockRate, bool isVideo)
    {
        Codec = codec;
        PayloadType = payloadType;
        ClockRate = clockRate;
        IsVideo = isVideo;
    }

    /// <summary>The format.</summary>
    public Codec Codec { get; }

    /// <summary>The payload type of our offer that the answer took.</summary>
    public int PayloadType { get; }

    /// <summary>RTP ticks a second.</summary>
    public int ClockRate { get; }

    /// <summary>True for pictures.</summary>
    public bool IsVideo { get; }

    /// <summary>The source; null before its first packet, unless the answer named it.</summary>
    public Ssrc? Ssrc { get; internal set; }

    /// <summary>Packets received, each once.</summary>
    public long Packets { get; private set; }

    /// <summary>Payload bytes received.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Packets expected by now, from the first to the highest number seen.</summary>
    public long Expected => _base < 0 ? 0 : HighestIndex - _base + 1;

    /// <summary>The highest packet number seen, extended over wraps; −1 before the first packet.</summary>
    public long HighestIndex { get; private set; } = -1;

    /// <summary>Packets asked for again.</summary>
    public long Nacked { get; private set; }

    /// <summary>Interarrival jitter in ticks (RFC 3550 §A.8).</summary>
    public double Jitter => _jitter;

    internal TimeSpan? NextNack => _missing.Next;

    internal void Take(in RtpPacket packet, TimeSpan now)
    {
        var index = Extend(packet.Sequence);
        if (_base < 0 || Math.Abs(index - HighestIndex) > MaxGap)
        {
            _missing.Clear();
            _base = index;
            (Packets, _expectedBefore, _receivedBefore) = (0, 0, 0);
        }
        else if (index > HighestIndex)
        {
            _missing.Add(HighestIndex + 1, index, now);
        }
        else
        {
            _missing.Remove(index);
        }
        HighestIndex = Math.Max(HighestIndex, index);
        Packets++;
        PayloadBytes += packet.Payload.Length;
        var transit = (long)(now.TotalSeconds * ClockRate) - packet.Timestamp.Value;
        if (_transit is { } before && Math.Abs(transit - before) < ClockRate)
        {
            _jitter += (Math.Abs(transit - before) - _jitter) / 16;
        }
        _transit = transit;
    }

    internal void TakeSenderReport(in SenderReport report, TimeSpan now) =>
        (_lastSenderReport, _lastSenderReportAt) = ((uint)(report.NtpTime >> 16), now);

    internal ReportBlock Report(TimeSpan now)
    {
        var expected = Expected - _expectedBefore;
        var received = Packets - _receivedBefore;
        (_expectedBefore, _receivedBefore) = (Expected, Packets);
        var lost = Math.Max(0, expected - received);
        return new ReportBlock(
            Ssrc ?? default,
            (byte)(expected <= 0 ? 0 : Math.Min(255, lost * 256 / expected)),
            (int)Math.Clamp(Expected - Packets, -0x800000, 0x7FFFFF),
            (uint)HighestIndex,
            (uint)_jitter,
            _lastSenderReport,
            _lastSenderReport == 0 ? 0 : (uint)((now - _lastSenderReportAt).TotalSeconds * 65536)
        );
    }

    internal int TakeMissing(Span<SequenceNumber> into, TimeSpan? roundTrip, TimeSpan now)
    {
        var count = _missing.TakeDue(into, roundTrip ?? TimeSpan.FromMilliseconds(30), now);
        Nacked += count;
        return count;
    }

    private long Extend(SequenceNumber sequence) =>
        HighestIndex < 0 ? sequence.Value + 65536L : HighestIndex + sequence.Since(new SequenceNumber((ushort)HighestIndex));
}
