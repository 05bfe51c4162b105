// When packets of a transport arrived, for the feedback that tells the sender.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>Collects transport-wide numbers and writes them as feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
internal sealed class ArrivalLog
{
    private const int Most = 400; // in one message, which then fits a datagram
    private readonly TimeSpan?[] _arrivals = new TimeSpan?[2048];
    private long _oldest = -1;
    private long _from; // the first number to be told of; later ones may have been told already
    private long _end;
    private byte _count;

    /// <summary>Feedback messages written.</summary>
    internal long Written { get; private set; }

    internal bool HasNews => _from < _end;

    internal void Take(ushort number, TimeSpan now)
    {
        if (_oldest < 0)
        {
            _oldest = _from = _end = number + 65536L;
        }
        var index = _end + unchecked((short)(number - (ushort)_end));
        if (index < Math.Max(_oldest, _end - _arrivals.Length) || index - _end >= _arrivals.Length)
        {
            return; // Too late, or too far ahead, which no path brings about.
        }
        for (; _end <= index; _end++)
        {
            _arrivals[_end % _arrivals.Length] = null;
        }
        _arrivals[index % _arrivals.Length] = now;
        _from = Math.Min(_from, index); // One that comes late is told of once more, with what came since.
    }

    /// <summary>Writes a message about what arrived since the last; there must be something.</summary>
    internal int Write(Span<byte> destination, Ssrc sender, Ssrc media)
    {
        _from = Math.Max(_from, _end - _arrivals.Length);
        Span<TimeSpan?> arrivals = stackalloc TimeSpan?[(int)Math.Min(Most, _end - _from)];
        for (var i = 0; i < arrivals.Length; i++)
        {
            arrivals[i] = _arrivals[(_from + i) % _arrivals.Length];
        }
        var first = new SequenceNumber((ushort)_from);
        _from += arrivals.Length;
        Written++;
        return TransportFeedbackWriter.Write(destination, sender, media, first, _count++, arrivals);
    }
}
