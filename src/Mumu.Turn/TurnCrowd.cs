// How many connections there are, in all and of each network, and how many there may be.
using Mumu.Protocols.Stun;

namespace Mumu.Turn;

/// <summary>Counts connections. When all places are taken, one without an allocation makes room. From any thread.</summary>
internal sealed class TurnCrowd(int most, int mostPerNetwork, Func<bool> makeRoom)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TransportAddress, int> _perNetwork = [];
    private int _count;
    private long _refused;

    /// <summary>Connections that were not let in.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public bool TryEnter(in TransportAddress remote)
    {
        var network = NetworkOf(remote);
        lock (_gate)
        {
            var here = _perNetwork.GetValueOrDefault(network);
            // Who makes room leaves a little later: so one more than the most, for a moment.
            if (here < mostPerNetwork && (_count < most || (_count < 2 * most && makeRoom())))
            {
                _perNetwork[network] = here + 1;
                _count++;
                return true;
            }
        }
        Interlocked.Increment(ref _refused);
        return false;
    }

    public void Leave(in TransportAddress remote)
    {
        var network = NetworkOf(remote);
        lock (_gate)
        {
            _count--;
            if (--_perNetwork[network] == 0)
            {
                _perNetwork.Remove(network);
            }
        }
    }

    /// <summary>The address; of IPv6 the first 64 bits, which is what one subscriber has.</summary>
    private static TransportAddress NetworkOf(in TransportAddress remote)
    {
        if (!remote.IsIPv6)
        {
            return remote.WithPort(0);
        }
        Span<byte> bytes = stackalloc byte[16];
        remote.WriteAddress(bytes);
        bytes[8..].Clear();
        return TransportAddress.FromIPv6(bytes, 0);
    }
}
