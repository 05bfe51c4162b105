// A network under virtual time: seeded loss, delay, reordering and duplication.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.WebRtc;

/// <summary>Carries datagrams between two ends; what is on its way lies in order of arrival.</summary>
internal sealed class LossyPath(int seed, double loss, TimeSpan delay, TimeSpan jitter, double duplication)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(int To, TransportAddress From, byte[] Datagram), (TimeSpan, long)> _flying = new();
    private long _order;

    public long Sent { get; private set; }

    public long Lost { get; private set; }

    /// <summary>Nothing passes while true.</summary>
    public bool IsCut { get; set; }

    /// <summary>Sees each datagram and the end it goes to.</summary>
    public Action<int, byte[]>? OnSend { get; set; }

    public TimeSpan? Next => _flying.TryPeek(out _, out var key) ? key.Item1 : null;

    public void Send(int to, TransportAddress from, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        Sent++;
        OnSend?.Invoke(to, datagram.ToArray());
        for (var copies = _random.NextDouble() < duplication ? 2 : 1; copies > 0; copies--)
        {
            if (IsCut || _random.NextDouble() < loss)
            {
                Lost++;
                continue;
            }
            _flying.Enqueue((to, from, datagram.ToArray()), (now + delay + jitter * _random.NextDouble(), _order++));
        }
    }

    public bool TryTake(TimeSpan now, out int to, out TransportAddress from, out byte[] datagram)
    {
        if (Next > now || !_flying.TryDequeue(out var item, out _))
        {
            (to, from, datagram) = (0, default, []);
            return false;
        }
        (to, from, datagram) = item;
        return true;
    }
}
