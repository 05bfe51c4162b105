// The parameter sets a video track has shown so far, from its description or from the band.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Keeps the latest parameter set of each type and id, in the order decoders want them, and notices changes.</summary>
public sealed class KnownParameterSets
{
    private const int MaxSets = 16;
    private const int MaxBytes = 4_096;
    private readonly SortedDictionary<(int Rank, uint Id), byte[]> _sets = [];

    /// <summary>Counts changes; 0 while nothing is known.</summary>
    public int Version { get; private set; }

    /// <summary>The sets as length-prefixed NAL units; a new array a call.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_sets.Values.Sum(set => 4 + set.Length)];
        var at = 0;
        foreach (var set in _sets.Values)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), set.Length);
            set.CopyTo(bytes, at + 4);
            at += 4 + set.Length;
        }
        return bytes;
    }

    internal bool Has(int rank) => _sets.Keys.Any(key => key.Rank == rank);

    /// <summary>Takes a set; <paramref name="rank"/> orders the types. Unchanged ones cost a comparison.</summary>
    internal void Set(int rank, uint id, ReadOnlySpan<byte> nal)
    {
        var key = (rank, id);
        var known = _sets.GetValueOrDefault(key);
        if ((known is not null && nal.SequenceEqual(known)) || nal.Length > MaxBytes || (known is null && _sets.Count == MaxSets))
        {
            return;
        }
        _sets[key] = nal.ToArray();
        Version++;
    }

    internal bool TryAppendTo(UnitAssembly assembly)
    {
        foreach (var set in _sets.Values)
        {
            if (!assembly.TryAppendNal(set))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Reads an Exp-Golomb number (ITU-T H.264 §9.1) from the start of <paramref name="bits"/>; 0 when they end early.</summary>
    internal static uint ReadId(ReadOnlySpan<byte> bits)
    {
        Span<byte> head = stackalloc byte[8];
        bits[..Math.Min(8, bits.Length)].CopyTo(head);
        var word = BinaryPrimitives.ReadUInt64BigEndian(head);
        var zeros = System.Numerics.BitOperations.LeadingZeroCount(word);
        return zeros > 15 ? 0 : (uint)(word >> (63 - 2 * zeros)) - 1;
    }
}
