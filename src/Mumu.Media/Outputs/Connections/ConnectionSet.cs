// The connections there are, and which of them makes room for a new one.
using System.Net;

namespace Mumu.Media.Outputs.Connections;

/// <summary>
/// Bounds connections in all and of each address. Where a bound is reached, the oldest that has set up nothing makes room, so that those who only hold connections open keep nobody out.
/// </summary>
internal sealed class ConnectionSet(int most, int mostOfAddress)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<IServedConnection> _all = [];
    private readonly Dictionary<IPAddress, int> _ofAddress = [];

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    internal IServedConnection[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Adds a connection; false if all that could make room are in use.</summary>
    internal bool TryAdd(IServedConnection connection, out IServedConnection? victim)
    {
        victim = null;
        var address = connection.Remote.Address;
        lock (_gate)
        {
            var isFull = _all.Count >= most;
            if (isFull || _ofAddress.GetValueOrDefault(address) >= mostOfAddress)
            {
                victim = _all.FirstOrDefault(other => !other.IsEstablished && (isFull || other.Remote.Address.Equals(address)));
                if (victim is null)
                {
                    return false;
                }
                Drop(victim);
            }
            _all.AddLast(connection);
            _ofAddress[address] = _ofAddress.GetValueOrDefault(address) + 1;
            return true;
        }
    }

    internal void Remove(IServedConnection connection)
    {
        lock (_gate)
        {
            Drop(connection);
        }
    }

    private void Drop(IServedConnection connection)
    {
        if (!_all.Remove(connection))
        {
            return; // It had to make room before.
        }
        var address = connection.Remote.Address;
        if (--_ofAddress[address] == 0)
        {
            _ofAddress.Remove(address);
        }
    }
}
