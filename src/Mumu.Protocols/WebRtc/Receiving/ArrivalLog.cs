// When packets of a transport arrived, for the feedback that tells the sender.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>Collects transport-wide numbers and writes them as feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
internal sealed class ArrivalLog
{
    private const int Most = 400; // in one message, which then fits a datagram
    private readonly TimeSpan?[] _arrivals = new TimeSpan?[2048];
    private long _next = -1; // the first number not reported yet
    private long _end;
    private byte _count;

    /// <summary>Feedback messages written.</summary>
    internal long Written { get; private set; }

    internal bool HasNews => _next >= 0 && _next < _end;

    internal void Take(ushort number, TimeSpan now)
    {
        if (_next < 0)
        {
            _next = _end = number + 65536L;
        }
        var index = _end + unchecked((short)(number - (ushort)_end));
        if (index < _next || index - _next >= _arrivals.Length)
        {
            return; // Too late: its loss was told already. Or too far ahead, which no path brings about.
        }
        for (; _end <= index; _end++)
        {
            _arrivals[_end % _arrivals.Length] = null;
        }
        _arrivals[index % _arrivals.Length] = now;
    }

    /// <summary>Writes a message about the packets since the last; there must be some.</summary>
    internal int Write(Span<byte> destination, Ssrc sender, Ssrc media)
    {
        Span<TimeSpan?> arrivals = stackalloc TimeSpan?[(int)Math.Min(Most, _end - _next)];
        for (var i = 0; i < arrivals.Length; i++)
        {
            arrivals[i] = _arrivals[(_next + i) % _arrivals.Length];
        }
        var first = new SequenceNumber((ushort)_next);
        _next += arrivals.Length;
        Written++;
        return TransportFeedbackWriter.Write(destination, sender, media, first, _count++, arrivals);
    }
}
