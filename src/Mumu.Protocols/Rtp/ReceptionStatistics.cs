// What a receiver report says of a source.
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.Rtp;

/// <summary>Counts arrivals of one source as RFC 3550 appendix A.3 and A.8 do.</summary>
/// <param name="clockRate">Ticks a second of the payload's clock.</param>
public sealed class ReceptionStatistics(int clockRate)
{
    private long _first = -1;
    private long _highest;
    private long _expectedBefore;
    private long _receivedBefore;
    private long _transit;
    private double _jitter;
    private ulong _reportTime;
    private TimeSpan _reportArrival;

    /// <summary>Packets received.</summary>
    public long Received { get; private set; }

    /// <summary>Packets missing between the first and the highest number; late and duplicate ones lower it.</summary>
    public long Lost => _first < 0 ? 0 : _highest - _first + 1 - Received;

    /// <summary>Interarrival jitter.</summary>
    public TimeSpan Jitter => TimeSpan.FromSeconds(_jitter / clockRate);

    /// <summary>Forgets everything: the source began anew.</summary>
    public void Reset()
    {
        (_first, Received, _expectedBefore, _receivedBefore, _jitter, _reportTime) = (-1, 0, 0, 0, 0, 0);
    }

    /// <summary>Counts a packet as it arrives, before it is put in order.</summary>
    public void OnPacket(SequenceNumber number, RtpTimestamp timestamp, TimeSpan now)
    {
        var arrival = (long)(now.TotalSeconds * clockRate);
        var transit = unchecked((int)((uint)arrival - timestamp.Value));
        if (_first < 0)
        {
            _first = _highest = number.Value;
        }
        else
        {
            _highest = Math.Max(_highest, _highest + number.Since(new SequenceNumber((ushort)_highest)));
            _jitter += (Math.Min(Math.Abs((double)(transit - _transit)), clockRate) - _jitter) / 16;
        }
        _transit = transit;
        Received++;
    }

    /// <summary>Notes a sender report, for the sender's measure of the round trip.</summary>
    public void OnSenderReport(ulong ntpTime, TimeSpan now) => (_reportTime, _reportArrival) = (ntpTime, now);

    /// <summary>Makes the next report block.</summary>
    public ReportBlock Report(Ssrc source, TimeSpan now)
    {
        var expected = _first < 0 ? 0 : _highest - _first + 1;
        var lost = expected - _expectedBefore - (Received - _receivedBefore);
        var fraction = expected == _expectedBefore || lost <= 0 ? 0 : Math.Min(255, lost * 256 / (expected - _expectedBefore));
        (_expectedBefore, _receivedBefore) = (expected, Received);
        return new ReportBlock(
            source,
            (byte)fraction,
            (int)Math.Clamp(Lost, -0x800000, 0x7FFFFF),
            unchecked((uint)_highest),
            (uint)_jitter,
            unchecked((uint)(_reportTime >> 16)),
            _reportTime == 0 ? 0 : (uint)Math.Min(uint.MaxValue, (now - _reportArrival).TotalSeconds * 65536)
        );
    }
}
