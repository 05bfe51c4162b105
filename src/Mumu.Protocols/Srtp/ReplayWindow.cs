// Remembers which of the latest packet indexes have been seen.
namespace Mumu.Protocols.Srtp;

/// <summary>
/// A sliding window over packet indexes (RFC 3711 §3.3.2). 1,024 wide instead of the least 64: a packet sent again after a loss may be hundreds of packets late.
/// </summary>
internal sealed class ReplayWindow
{
    /// <summary>How far behind the highest index a packet may be.</summary>
    public const int Size = 1024;

    private readonly ulong[] _seen = new ulong[Size / 64];

    /// <summary>The highest index seen.</summary>
    public ulong Highest { get; private set; }

    /// <summary>Begins at the first authentic index.</summary>
    public ReplayWindow(ulong first)
    {
        Highest = first;
        Bit(first) |= Mask(first);
    }

    /// <summary>True if an index is neither seen nor too old.</summary>
    public bool IsNew(ulong index)
    {
        if (index > Highest)
            return true;
        return Highest - index < Size && (Bit(index) & Mask(index)) == 0;
    }

    /// <summary>Marks an index that <see cref="IsNew" /> and whose packet is authentic.</summary>
    public void Mark(ulong index)
    {
        if (index > Highest)
        {
            if (index - Highest >= Size)
                Array.Clear(_seen);
            else
            {
                for (var passed = Highest + 1; passed < index; passed++)
                    Bit(passed) &= ~Mask(passed);
            }
            Highest = index;
        }
        Bit(index) |= Mask(index);
    }

    private static ulong Mask(ulong index) => 1UL << (int)(index % 64);

    private ref ulong Bit(ulong index) => ref _seen[index % Size / 64];
}
