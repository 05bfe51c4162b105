// The group of pictures that is playing, kept so that a new reader starts at once.
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>Holds references to all units since the last key frame, within bounds; a group that outgrows them is dropped whole, since half of one is of no use.</summary>
internal sealed class GroupCache(int maxBytes, int maxUnits)
{
    private readonly List<Unit> _units = new(Math.Min(maxUnits, 256));
    private bool _isOpen;

    public IReadOnlyList<Unit> Units => _units;

    public int Bytes { get; private set; }

    /// <summary>Adds a unit of any track; <paramref name="startsGroup"/> drops what was before.</summary>
    public void Add(Unit unit, bool startsGroup)
    {
        if (startsGroup)
        {
            Clear();
            _isOpen = true;
        }
        if (!_isOpen)
        {
            return;
        }
        if (_units.Count >= maxUnits || unit.Length > maxBytes - Bytes)
        {
            Clear();
            return;
        }
        unit.AddReference();
        _units.Add(unit);
        Bytes += unit.Length;
    }

    /// <summary>Drops everything until the next key frame.</summary>
    public void Clear()
    {
        foreach (var unit in _units)
        {
            unit.Release();
        }
        _units.Clear();
        Bytes = 0;
        _isOpen = false;
    }
}
