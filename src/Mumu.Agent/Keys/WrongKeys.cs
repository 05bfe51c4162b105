// Counts wrong keys by address.
using System.Buffers.Binary;
using System.Net;

namespace Mumu.Agent.Keys;

/// <summary>Remembers, in bounded room, how many wrong keys an address showed lately. IPv6 addresses count by their network of 64 bits, which one guest may have to itself.</summary>
internal sealed class WrongKeys(TimeProvider time)
{
    /// <summary>Wrong keys within <see cref="Window"/> after which an address is locked.</summary>
    public const int Limit = 10;

    private const int MaxAddresses = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, (int Count, long Since)> _counts = [];

    /// <summary>Counts one more; true if the address is locked now.</summary>
    public bool Count(IPAddress? address)
    {
        var place = PlaceOf(address);
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var (count, since) = _counts.GetValueOrDefault(place, (0, now));
            (count, since) = time.GetElapsedTime(since, now) >= Window ? (0, now) : (count, since);
            if (_counts.Count >= MaxAddresses && !_counts.ContainsKey(place))
            {
                MakeRoom(now);
            }
            _counts[place] = (count + 1, since);
            return count >= Limit;
        }
    }

    /// <summary>True if the address has shown too many already.</summary>
    public bool IsLocked(IPAddress? address)
    {
        lock (_gate)
        {
            return _counts.TryGetValue(PlaceOf(address), out var entry)
                && entry.Count >= Limit
                && time.GetElapsedTime(entry.Since) < Window;
        }
    }

    private void MakeRoom(long now)
    {
        foreach (var (place, entry) in _counts)
        {
            if (time.GetElapsedTime(entry.Since, now) >= Window)
            {
                _counts.Remove(place);
            }
        }
        if (_counts.Count >= MaxAddresses)
        {
            _counts.Clear(); // Somebody has very many addresses; counting each is of no use then.
        }
    }

    private static UInt128 PlaceOf(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out var length);
        bytes[15] = (byte)(length == 4 ? 1 : 0); // the lower half is free in both, and tells the families apart
        bytes[8..15].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
