// Puts messages together from their pieces.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Receiving;

/// <summary>Joins the pieces of messages, whose numbers follow each other (RFC 9260 §6.9).</summary>
/// <param name="maxMessage">The longest message, bytes.</param>
internal sealed class Reassembly(int maxMessage)
{
    private readonly Dictionary<uint, FragmentRun> _byFirst = [];
    private readonly Dictionary<uint, FragmentRun> _byLast = [];

    /// <summary>Bytes of incomplete messages.</summary>
    internal int Bytes { get; private set; }

    /// <summary>Unconnected runs.</summary>
    internal int Runs => _byFirst.Count;

    /// <summary>
    /// Adds a piece; <paramref name="whole"/> is the message that it completes. Neighbours that cannot be of one message stay apart: a sender may give up the rest of one.
    /// False if the message gets too long.
    /// </summary>
    internal bool TryAdd(in DataChunk chunk, out FragmentRun? whole)
    {
        whole = null;
        if (_byLast.TryGetValue(chunk.Tsn.Previous.Value, out var run) && run.TakesBehind(chunk))
        {
            _byLast.Remove(run.Last.Value);
            run.Append(chunk);
            Bytes += chunk.Data.Length;
        }
        else
        {
            run = new FragmentRun(chunk);
            _byFirst.Add(run.First.Value, run);
            Bytes += run.Length;
        }
        if (_byFirst.TryGetValue(run.Last.Next.Value, out var after) && run.TakesBehind(after))
        {
            _byFirst.Remove(after.First.Value);
            _byLast.Remove(after.Last.Value);
            run.Append(after);
        }
        if (run is { IsWhole: true } && run.Length <= maxMessage)
        {
            _byFirst.Remove(run.First.Value);
            Bytes -= run.Length;
            whole = run;
            return true;
        }
        _byLast.Add(run.Last.Value, run);
        return run.Length <= maxMessage;
    }

    /// <summary>Drops what can't become whole any more, as pieces of it were given up.</summary>
    internal void Forward(Tsn cumulative)
    {
        if (_byFirst.Count == 0)
        {
            return;
        }
        foreach (var run in _byFirst.Values)
        {
            if (!run.First.IsAfter(cumulative))
            {
                _byFirst.Remove(run.First.Value);
                _byLast.Remove(run.Last.Value);
                Bytes -= run.Length;
                run.Release();
            }
        }
    }

    /// <summary>Gives all memory back.</summary>
    internal void Clear()
    {
        foreach (var run in _byFirst.Values)
        {
            run.Release();
        }
        _byFirst.Clear();
        _byLast.Clear();
        Bytes = 0;
    }
}
