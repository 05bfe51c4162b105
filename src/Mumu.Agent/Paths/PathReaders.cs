// Who reads one path.
using System.Collections.Concurrent;

namespace Mumu.Agent.Paths;

/// <summary>The readers of a path now. Whoever serves a reader adds it at its beginning and removes it at its end.</summary>
public sealed class PathReaders
{
    private readonly ConcurrentDictionary<string, PathReader> _readers = [];

    /// <summary>A snapshot.</summary>
    public IReadOnlyCollection<PathReader> All => [.. _readers.Values];

    /// <summary>Adds a reader.</summary>
    public void Add(PathReader reader) => _readers[reader.Id] = reader;

    /// <summary>Removes a reader; no harm if it is not there.</summary>
    public void Remove(PathReader reader) => _readers.TryRemove(reader.Id, out _);

    /// <summary>Ends a reader; false if there is none of that id.</summary>
    public bool Kick(string id)
    {
        if (!_readers.TryGetValue(id, out var reader))
        {
            return false;
        }
        reader.Kick();
        return true;
    }
}
