// Bounds what the server says to addresses that have proved nothing, in memory that never grows.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>
/// Counts answers a second in a fixed table; sources that fall into one slot share it. The source of a datagram can be forged: this keeps the server
/// from being somebody's megaphone.
/// </summary>
internal sealed class TurnAnswerLimit(int perSecond)
{
    private const int Slots = 65536; // half a megabyte; to fill all takes millions of datagrams a second
    private readonly (int Second, int Count)[] _slots = new (int, int)[Slots];

    public bool TryTake(in TransportAddress source, TimeSpan now)
    {
        ref var slot = ref _slots[(uint)Network(source).GetHashCode() % Slots];
        var second = (int)now.TotalSeconds;
        if (slot.Second != second)
        {
            slot = (second, 0);
        }
        return slot.Count++ < perSecond;
    }

    /// <summary>The address; of IPv6 the first 64 bits, which is what one subscriber has.</summary>
    private static TransportAddress Network(in TransportAddress source)
    {
        if (!source.IsIPv6)
        {
            return source.WithPort(0);
        }
        Span<byte> bytes = stackalloc byte[16];
        source.WriteAddress(bytes);
        bytes[8..].Clear();
        return TransportAddress.FromIPv6(bytes, 0);
    }
}
