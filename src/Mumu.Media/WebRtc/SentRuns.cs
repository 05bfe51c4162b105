// Remembers which packet of the stream each of a viewer's sequence numbers was, so that a retransmission is the same bytes.
namespace Mumu.Media.WebRtc;

/// <summary>
/// A viewer's packet indexes follow the stream's packet numbers in long runs: only frames left out or a repeat of the group begin a new one. So a few runs describe
/// thousands of packets. For one track of one viewer.
/// </summary>
internal sealed class SentRuns
{
    private const int Few = 8;
    private const int Capacity = 128; // what a viewer comes to whose frames are thinned out
    private Run[] _runs = new Run[Few];
    private int _count;

    /// <summary>Notes that packets were sent. Times of a repeat count frames from its base.</summary>
    /// <param name="index">The viewer's index of the first.</param>
    /// <param name="packet">The stream's number of the first within its slot.</param>
    /// <param name="repeat">The repeat they belong to; null for packets at their own time.</param>
    internal void Note(ulong index, long packet, in Repeat? repeat)
    {
        if (_count > 0)
        {
            ref var last = ref _runs[(_count - 1) % _runs.Length];
            if (last.Repeat == repeat && (long)(index - last.Index) == packet - last.Packet)
            {
                return;
            }
        }
        if (_count == _runs.Length && _count < Capacity)
        {
            Array.Resize(ref _runs, _count * 2);
        }
        _runs[_count++ % _runs.Length] = new Run(index, packet, repeat);
    }

    /// <summary>Finds what an index was; false if it is too old to be known.</summary>
    internal bool TryFind(ulong index, out long packet, out Repeat? repeat)
    {
        for (var i = _count - 1; i >= 0 && i >= _count - _runs.Length; i--)
        {
            ref var run = ref _runs[i % _runs.Length];
            if (index >= run.Index)
            {
                packet = run.Packet + (long)(index - run.Index);
                repeat = run.Repeat;
                return true;
            }
        }
        (packet, repeat) = (0, null);
        return false;
    }

    private readonly record struct Run(ulong Index, long Packet, Repeat? Repeat);
}

/// <summary>A group sent once more, at times that press behind the last one sent.</summary>
/// <param name="LastTime">The last time sent before it, as the viewer has it.</param>
/// <param name="FirstSlotNumber">The slot number of its first frame, which gets the time LastTime + 1.</param>
internal readonly record struct Repeat(uint LastTime, long FirstSlotNumber)
{
    internal uint TimeOf(PacketizedFrame frame) => unchecked(LastTime + 1 + (uint)(frame.SlotNumber - FirstSlotNumber));
}
