// The channels of a peer by their numbers.
namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>Holds channels and gives out numbers.</summary>
/// <param name="parity">0 if ours are even, 1 if odd (RFC 8832 §6).</param>
internal sealed class ChannelTable(int parity)
{
    private readonly Dictionary<ushort, DataChannel> _channels = [];

    internal int Count => _channels.Count;

    internal IReadOnlyCollection<DataChannel> All => _channels.Values;

    internal DataChannel? Find(ushort id) => _channels.GetValueOrDefault(id);

    internal void Add(DataChannel channel) => _channels.Add(channel.Id, channel);

    internal void Remove(DataChannel channel) => _channels.Remove(channel.Id);

    /// <summary>The agreed number if it is free, else the lowest free one of ours; null if there is none.</summary>
    internal ushort? FreeId(ushort? agreed, int streams)
    {
        if (agreed is { } wanted)
        {
            return wanted < streams && !_channels.ContainsKey(wanted) ? wanted : null;
        }
        for (var id = parity; id < streams; id += 2)
        {
            if (!_channels.ContainsKey((ushort)id))
            {
                return (ushort)id;
            }
        }
        return null;
    }
}
