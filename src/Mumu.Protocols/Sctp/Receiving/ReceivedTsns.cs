// Which chunks have come.
using System.Runtime.InteropServices;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Receiving;

/// <summary>The cumulative number, the blocks beyond it, and numbers that came twice.</summary>
internal sealed class ReceivedTsns(Tsn first)
{
    /// <summary>The most blocks kept; a chunk that would begin another one counts as lost.</summary>
    internal const int MaxBlocks = 1024;

    /// <summary>The farthest a chunk may be ahead; a SACK cannot name much more.</summary>
    internal const int MaxAhead = 32_768;

    private const int MaxDuplicates = 16;
    private List<(Tsn First, Tsn Last)>? _blocks;
    private List<Tsn>? _duplicates;

    /// <summary>Everything up to this has come, or will never.</summary>
    internal Tsn Cumulative { get; private set; } = first.Previous;

    internal Tsn Highest => HasGaps ? _blocks![^1].Last : Cumulative;

    internal bool HasGaps => _blocks is { Count: > 0 };

    internal ReadOnlySpan<(Tsn First, Tsn Last)> Blocks => CollectionsMarshal.AsSpan(_blocks);

    internal ReadOnlySpan<Tsn> Duplicates => CollectionsMarshal.AsSpan(_duplicates);

    internal bool HasDuplicates => _duplicates is { Count: > 0 };

    internal void ForgetDuplicates() => _duplicates?.Clear();

    /// <summary>True if a chunk is new and may be taken; a repetition is noted.</summary>
    internal bool IsNew(Tsn tsn)
    {
        var ahead = tsn.Since(Cumulative);
        if (ahead > MaxAhead)
        {
            return false;
        }
        if (ahead == 1 && !HasGaps)
        {
            return true;
        }
        if (ahead <= 0 || Find(tsn, out var index))
        {
            _duplicates ??= [];
            if (_duplicates.Count < MaxDuplicates)
            {
                _duplicates.Add(tsn);
            }
            return false;
        }
        return _blocks is not { Count: MaxBlocks } || ahead == 1 || Touches(tsn, index);
    }

    /// <summary>Notes a chunk that <see cref="IsNew"/> has let pass.</summary>
    internal void Add(Tsn tsn)
    {
        if (tsn == Cumulative.Next)
        {
            Cumulative = tsn;
            Advance();
            return;
        }
        var blocks = _blocks ??= [];
        Find(tsn, out var at); // the first block behind it
        var joinsBefore = at > 0 && blocks[at - 1].Last.Next == tsn;
        var joinsAfter = at < blocks.Count && blocks[at].First == tsn.Next;
        if (joinsBefore && joinsAfter)
        {
            blocks[at - 1] = (blocks[at - 1].First, blocks[at].Last);
            blocks.RemoveAt(at);
        }
        else if (joinsBefore)
        {
            blocks[at - 1] = (blocks[at - 1].First, tsn);
        }
        else if (joinsAfter)
        {
            blocks[at] = (tsn, blocks[at].Last);
        }
        else
        {
            blocks.Insert(at, (tsn, tsn));
        }
    }

    /// <summary>Everything up to a number counts as received (RFC 3758 §3.6).</summary>
    internal void Forward(Tsn cumulative)
    {
        if (cumulative.IsAfter(Cumulative))
        {
            Cumulative = cumulative;
            Advance();
        }
    }

    private void Advance()
    {
        if (_blocks is null)
        {
            return;
        }
        var passed = 0;
        while (passed < _blocks.Count && !_blocks[passed].First.IsAfter(Cumulative.Next))
        {
            if (_blocks[passed].Last.IsAfter(Cumulative))
            {
                Cumulative = _blocks[passed].Last;
            }
            passed++;
        }
        _blocks.RemoveRange(0, passed);
        if (_blocks.Count == 0)
        {
            _blocks = null;
        }
    }

    private bool Touches(Tsn tsn, int index) =>
        (index > 0 && _blocks![index - 1].Last.Next == tsn) || (index < _blocks!.Count && _blocks[index].First == tsn.Next);

    /// <summary>Looks for the block with a number; gives the first block behind it if there is none.</summary>
    private bool Find(Tsn tsn, out int index)
    {
        var (low, high) = (0, _blocks?.Count ?? 0);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (tsn.IsAfter(_blocks![middle].Last))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        index = low;
        return low < (_blocks?.Count ?? 0) && !_blocks![low].First.IsAfter(tsn);
    }
}
