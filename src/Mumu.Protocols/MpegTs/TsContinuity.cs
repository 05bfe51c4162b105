// Continuity counters: what was lost, and what came twice (ISO/IEC 13818-1 §2.4.3.3).
namespace Mumu.Protocols.MpegTs;

/// <summary>How a packet follows the one before it on its PID.</summary>
internal enum TsArrival
{
    /// <summary>In order, or the first.</summary>
    InOrder,

    /// <summary>Packets are missing before it.</summary>
    AfterLoss,

    /// <summary>The same packet again, which is allowed.</summary>
    Repeated,
}

/// <summary>Watches the counters of every PID.</summary>
internal sealed class TsContinuity
{
    private readonly Dictionary<int, int> _counters = [];

    /// <summary>Gaps so far.</summary>
    public long Lost { get; private set; }

    /// <summary>Begins anew on all PIDs.</summary>
    public void Reset() => _counters.Clear();

    public TsArrival Judge(in TsPacket packet)
    {
        var isKnown = _counters.TryGetValue(packet.Pid, out var last);
        if (!packet.HasPayload)
        {
            return TsArrival.InOrder; // such packets do not count on
        }
        _counters[packet.Pid] = packet.Counter;
        if (!isKnown || packet.IsDiscontinuity || packet.Counter == (last + 1 & 0x0F))
        {
            return TsArrival.InOrder;
        }
        if (packet.Counter == last)
        {
            return TsArrival.Repeated;
        }
        Lost++;
        return TsArrival.AfterLoss;
    }
}
