// A stream as one loop sees it: the frames kept, found by number and by packet.
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>References to the frames of a stream on the thread of one loop. The bytes are shared by all loops.</summary>
internal sealed class LoopStream(PacketizedStream source)
{
    private PacketizedFrame?[] _ring = new PacketizedFrame?[512];
    private bool _hasNews;
    private long _bytes;

    internal PacketizedStream Source => source;

    /// <summary>Viewers of this stream on this loop.</summary>
    internal List<Viewer> Viewers { get; } = [];

    /// <summary>Number of the oldest frame kept.</summary>
    internal long First { get; private set; }

    /// <summary>Number after the newest frame.</summary>
    internal long Next { get; private set; }

    /// <summary>Where a new viewer can start at once; −1 if it has to wait.</summary>
    internal long GroupStart { get; private set; } = -1;

    /// <summary>Packets from the start of the group to the newest.</summary>
    internal int GroupPackets { get; private set; }

    /// <summary>Their bytes.</summary>
    internal long GroupBytes { get; private set; }

    /// <summary>The stream's rate over what is kept, with what each packet has besides; 0 while too little is kept.</summary>
    internal double BytesPerMillisecond
    {
        get
        {
            var span = Next > First ? (this[Next - 1].Moment - this[First].Moment).TotalMilliseconds : 0;
            return span < 200 ? 0 : _bytes / span;
        }
    }

    /// <summary>A frame that is kept.</summary>
    internal PacketizedFrame this[long number] => _ring[number & (_ring.Length - 1)]!;

    /// <summary>Takes over the reference of the next frame.</summary>
    internal void Add(PacketizedFrame frame)
    {
        if (frame.Number != Next)
        {
            Clear(); // A gap: the loop was too slow for its queue, or this is the first.
            First = Next = frame.Number;
        }
        if (Next - First == _ring.Length)
        {
            Grow();
        }
        _ring[Next & (_ring.Length - 1)] = frame;
        Next++;
        _bytes += SizeOf(frame);
        _hasNews = true;
        ReleaseUntil(frame.Oldest);
        var goesOn = frame.GroupStart == GroupStart;
        GroupPackets = frame.PacketCount + (goesOn ? GroupPackets : 0);
        GroupBytes = SizeOf(frame) + (goesOn ? GroupBytes : 0);
        GroupStart = frame.GroupStart >= First ? frame.GroupStart : -1;
    }

    /// <summary>True once after frames were added.</summary>
    internal bool TakeNews()
    {
        var had = _hasNews;
        _hasNews = false;
        return had;
    }

    internal void Clear()
    {
        ReleaseUntil(Next);
        GroupStart = -1;
        GroupPackets = 0;
        GroupBytes = 0;
    }

    /// <summary>The frame that a packet of a slot is in, or null if it is gone.</summary>
    internal PacketizedFrame? Find(int slot, long packet)
    {
        var (low, high) = (First, Next - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            // The frames of the two slots are mixed; walk down to one of ours.
            var at = middle;
            while (at >= low && this[at].Slot != slot)
            {
                at--;
            }
            if (at < low)
            {
                low = middle + 1;
                continue;
            }
            var frame = this[at];
            if (packet < frame.FirstPacket)
            {
                high = at - 1;
            }
            else if (packet >= frame.FirstPacket + frame.PacketCount)
            {
                low = middle + 1;
            }
            else
            {
                return frame;
            }
        }
        return null;
    }

    private static int SizeOf(PacketizedFrame frame) => frame.ByteCount + frame.PacketCount * Peer.MaxOverhead;

    private void ReleaseUntil(long number)
    {
        for (; First < number; First++)
        {
            ref var place = ref _ring[First & (_ring.Length - 1)];
            _bytes -= SizeOf(place!);
            place!.Release();
            place = null;
        }
    }

    private void Grow()
    {
        var larger = new PacketizedFrame?[_ring.Length * 2];
        for (var number = First; number < Next; number++)
        {
            larger[number & (larger.Length - 1)] = this[number];
        }
        _ring = larger;
    }
}
