// Counts the packets of one RTP stream: new, late, twice, missing.
namespace Mumu.Cli.Bench;

/// <summary>Remembers the last <see cref="Window"/> packet numbers, so that what comes twice is told from what comes late.</summary>
internal sealed class PacketLedger
{
    private const int Window = 4096;
    private readonly ulong[] _seen = new ulong[Window / 64];
    private long _first = -1;
    private long _highest = -1;

    /// <summary>Packets that came, each once.</summary>
    internal long Received { get; private set; }

    /// <summary>Of those, the ones that came after a later one; what was sent again is among them.</summary>
    internal long Reordered { get; private set; }

    /// <summary>Packets from the first to the highest number seen.</summary>
    internal long Expected => _first < 0 ? 0 : _highest - _first + 1;

    /// <summary>Notes an authentic packet; false if it had come before.</summary>
    internal bool Take(ushort sequence)
    {
        if (_first < 0)
        {
            _first = _highest = sequence + 65536L; // room for late ones below the first
            Mark(_highest);
            Received++;
            return true;
        }
        var index = Extend(sequence);
        if (index > _highest)
        {
            for (var skipped = Math.Max(_highest + 1, index - Window + 1); skipped < index; skipped++)
            {
                _seen[skipped % Window / 64] &= ~(1UL << (int)(skipped % 64));
            }
            _highest = index;
        }
        else if (IsMarked(index))
        {
            return false;
        }
        else
        {
            _first = Math.Min(_first, index);
            Reordered++;
        }
        Mark(index);
        Received++;
        return true;
    }

    /// <summary>True if a packet of this number came lately.</summary>
    internal bool HasSeen(ushort sequence) => _first >= 0 && Extend(sequence) is var index && index <= _highest && IsMarked(index);

    private long Extend(ushort sequence) => _highest + (short)(sequence - (ushort)_highest);

    // Below the first packet nothing has been cleared yet, and nothing was seen.
    private bool IsMarked(long index) => index > _highest - Window && (_seen[index % Window / 64] >> (int)(index % 64) & 1) != 0;

    private void Mark(long index) => _seen[index % Window / 64] |= 1UL << (int)(index % 64);
}
