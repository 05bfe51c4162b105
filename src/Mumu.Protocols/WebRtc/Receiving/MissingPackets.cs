// Which packets a receiver waits for, and when it asks again.
using Mumu.Protocols.Rtp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>A bounded list of missing packets in ascending order.</summary>
internal sealed class MissingPackets
{
    private const int Limit = 1024;
    private const int MaxTries = 10;
    private static readonly TimeSpan s_reorder = TimeSpan.FromMilliseconds(5); // what arrives this much late was never lost
    private readonly List<(long Index, TimeSpan AskAt, int Tries)> _packets = [];

    /// <summary>When the next one wants to be asked for.</summary>
    internal TimeSpan? Next
    {
        get
        {
            TimeSpan? next = null;
            foreach (var packet in _packets)
            {
                next = PeerTransport.Earlier(next, packet.AskAt);
            }
            return next;
        }
    }

    internal void Add(long from, long to, TimeSpan now)
    {
        for (var index = from; index < to; index++)
        {
            _packets.Add((index, now + s_reorder, 0));
        }
        if (_packets.Count > Limit)
        {
            _packets.RemoveRange(0, _packets.Count - Limit);
        }
    }

    internal void Remove(long index)
    {
        var at = _packets.FindIndex(packet => packet.Index == index);
        if (at >= 0)
        {
            _packets.RemoveAt(at);
        }
    }

    internal void Clear() => _packets.Clear();

    /// <summary>Takes those due, at most as many as there is room for, and plans to ask again after a little more than a round trip.</summary>
    internal int TakeDue(Span<SequenceNumber> into, TimeSpan roundTrip, TimeSpan now)
    {
        _packets.RemoveAll(packet => packet.Tries >= MaxTries && packet.AskAt <= now);
        var count = 0;
        for (var i = 0; i < _packets.Count && count < into.Length; i++)
        {
            var packet = _packets[i];
            if (packet.AskAt <= now)
            {
                into[count++] = new SequenceNumber((ushort)packet.Index);
                _packets[i] = (packet.Index, now + roundTrip * 1.1 + s_reorder, packet.Tries + 1);
            }
        }
        return count;
    }
}
