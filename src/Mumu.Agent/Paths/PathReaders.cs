// Who reads one path.
using System.Collections.Concurrent;

namespace Mumu.Agent.Paths;

/// <summary>The readers of a path now. Whoever serves a reader adds it at its beginning and removes it at its end.</summary>
public sealed class PathReaders
{
    private readonly ConcurrentDictionary<Guid, PathReader> _readers = [];
    private long _departed;

    /// <summary>A snapshot.</summary>
    public IReadOnlyCollection<PathReader> All => [.. _readers.Values];

    /// <summary>Bytes sent to all readers there are and were.</summary>
    public long Bytes => Interlocked.Read(ref _departed) + _readers.Values.Sum(reader => reader.Bytes());

    /// <summary>Called when a reader has joined or left, from the thread of whoever serves it; must not block.</summary>
    internal Action<PathReader, bool>? Changed { get; set; }

    /// <summary>Adds a reader.</summary>
    public void Add(PathReader reader)
    {
        _readers[reader.Id] = reader;
        Changed?.Invoke(reader, true);
    }

    /// <summary>Removes a reader; no harm if it is not there.</summary>
    public void Remove(PathReader reader)
    {
        if (_readers.TryRemove(reader.Id, out _))
        {
            Interlocked.Add(ref _departed, reader.Bytes());
            Changed?.Invoke(reader, false);
        }
    }

    /// <summary>Ends a reader; false if there is none of that id.</summary>
    public bool Kick(Guid id)
    {
        if (!_readers.TryGetValue(id, out var reader))
        {
            return false;
        }
        reader.Kick();
        return true;
    }
}
