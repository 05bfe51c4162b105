// Which connection a datagram belongs to, by where it comes from.
using System.Collections.Concurrent;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Takes a datagram of a client; called on the threads of the ports, must not block.</summary>
/// <param name="datagram">Its bytes, valid during the call.</param>
/// <param name="isRtcp">True on the port of RTCP.</param>
internal delegate void RtspDatagramTaker(ReadOnlySpan<byte> datagram, bool isRtcp);

/// <summary>The clients that use our UDP ports. A datagram of a stranger costs a look-up.</summary>
internal sealed class RtspUdpRoutes
{
    private readonly ConcurrentDictionary<(TransportAddress From, bool IsRtcp), RtspDatagramTaker> _takers = [];

    /// <summary>Datagrams that belonged to no client.</summary>
    internal long Strays { get; private set; }

    /// <summary>Adds a client's pair of ports; false if another client has one of them.</summary>
    internal bool TryAdd(TransportAddress rtp, TransportAddress rtcp, RtspDatagramTaker taker)
    {
        if (!_takers.TryAdd((rtp, false), taker))
        {
            return false;
        }
        if (_takers.TryAdd((rtcp, true), taker))
        {
            return true;
        }
        _takers.TryRemove((rtp, false), out _);
        return false;
    }

    internal void Remove(TransportAddress rtp, TransportAddress rtcp)
    {
        _takers.TryRemove((rtp, false), out _);
        _takers.TryRemove((rtcp, true), out _);
    }

    internal void Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, bool isRtcp)
    {
        if (_takers.TryGetValue((from, isRtcp), out var taker))
        {
            taker(datagram, isRtcp);
        }
        else
        {
            Strays++;
        }
    }
}
