// Which of many cores wants to be ticked next: a binary heap whose items know their place.
namespace Mumu.Io;

/// <summary>An item that can stand in one <see cref="DeadlineHeap{T}"/>.</summary>
public interface IDeadlineItem
{
    /// <summary>The heap's own note of where the item stands; −1 (as it must begin) while it stands nowhere.</summary>
    int HeapIndex { get; set; }
}

/// <summary>Keeps one deadline an item; setting, moving and removing cost O(log n) and no allocation once grown.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class DeadlineHeap<T>
    where T : class, IDeadlineItem
{
    private (TimeSpan At, T Item)[] _entries = new (TimeSpan, T)[16];

    /// <summary>Items with a deadline.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest deadline, or null if there is none.</summary>
    public TimeSpan? Next => Count == 0 ? null : _entries[0].At;

    /// <summary>Gives an item its deadline, instead of any it had; null takes it out.</summary>
    public void Set(T item, TimeSpan? at)
    {
        if (at is not { } time)
        {
            Remove(item);
            return;
        }
        if (item.HeapIndex < 0)
        {
            if (Count == _entries.Length)
            {
                Array.Resize(ref _entries, Count * 2);
            }
            Place(Count++, (time, item));
        }
        else if (_entries[item.HeapIndex].At == time)
        {
            return;
        }
        else
        {
            _entries[item.HeapIndex].At = time;
        }
        Settle(item.HeapIndex);
    }

    /// <summary>Takes the earliest item out if its time has come.</summary>
    public bool TryTakeDue(TimeSpan now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
    {
        if (Count == 0 || _entries[0].At > now)
        {
            item = null;
            return false;
        }
        item = _entries[0].Item;
        Remove(item);
        return true;
    }

    private void Remove(T item)
    {
        var index = item.HeapIndex;
        if (index < 0)
        {
            return;
        }
        item.HeapIndex = -1;
        var last = _entries[--Count];
        _entries[Count] = default;
        if (index < Count)
        {
            Place(index, last);
            Settle(index);
        }
    }

    private void Settle(int index)
    {
        var entry = _entries[index];
        while (index > 0 && entry.At < _entries[(index - 1) / 2].At)
        {
            Place(index, _entries[(index - 1) / 2]);
            index = (index - 1) / 2;
        }
        while (true)
        {
            var child = index * 2 + 1;
            if (child >= Count)
            {
                break;
            }
            if (child + 1 < Count && _entries[child + 1].At < _entries[child].At)
            {
                child++;
            }
            if (_entries[child].At >= entry.At)
            {
                break;
            }
            Place(index, _entries[child]);
            index = child;
        }
        Place(index, entry);
    }

    private void Place(int index, (TimeSpan At, T Item) entry)
    {
        _entries[index] = entry;
        entry.Item.HeapIndex = index;
    }
}
