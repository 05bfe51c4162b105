// AV1 temporal units from RTP payloads.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>
/// Depacketises AV1 (RTP payload format for AV1, §4). Units come out with a size in each open bitstream unit and without temporal delimiters; a key frame whose sender left the sequence header
/// out gets the last one known in front.
/// </summary>
public sealed class Av1Depacketizer : FrameDepacketizer
{
    private const int MaxSequenceHeader = 1_024;
    private byte[] _sequence = [];
    private int _obuStart = -1; // where the open bitstream unit in work begins; −1 between two

    private protected override bool TryTake(ReadOnlySpan<byte> payload, bool isFirst, out bool isBroken)
    {
        isBroken = true;
        var head = payload[0];
        var rest = payload[1..];
        var count = (head >> 4) & 3;
        var continues = (head & Av1Packetizer.Continues) != 0;
        if (isFirst)
        {
            _obuStart = -1;
        }
        if (continues != (_obuStart >= 0))
        {
            isBroken = !continues; // else its beginning was lost, and that is counted already
            return false;
        }
        for (var i = 1; !rest.IsEmpty; i++)
        {
            var size = rest.Length;
            if (count == 0 || i < count)
            {
                if (!Leb128.TryRead(rest, out size, out var taken) || size > rest.Length - taken)
                {
                    return false;
                }
                rest = rest[taken..];
            }
            var isOpenEnd = size == rest.Length && (head & Av1Packetizer.GoesOn) != 0;
            if (!TryTakeElement(rest[..size], isOpenEnd))
            {
                return false;
            }
            rest = rest[size..];
        }
        isBroken = false;
        return true;
    }

    private protected override bool TryComplete(out bool isKeyFrame)
    {
        isKeyFrame = false;
        if (_obuStart >= 0 || Assembly.Length == 0)
        {
            return false;
        }
        var hasSequence = Av1Frames.TryGetSequenceHeader(Assembly.InWork, out var sequence);
        if (hasSequence && sequence.Length <= MaxSequenceHeader && !sequence.SequenceEqual(_sequence))
        {
            _sequence = sequence.ToArray();
        }
        isKeyFrame = Av1Frames.StartsWithKeyFrame(Assembly.InWork);
        if (isKeyFrame && !hasSequence)
        {
            isKeyFrame = _sequence.Length > 0 && Assembly.TryInsert(0, _sequence);
        }
        return true;
    }

    private bool TryTakeElement(ReadOnlySpan<byte> element, bool goesOn)
    {
        if (_obuStart < 0)
        {
            if (element.IsEmpty)
            {
                return true;
            }
            _obuStart = Assembly.Length;
        }
        if (!Assembly.TryAppend(element))
        {
            return false;
        }
        return goesOn || TryEndObu();
    }

    // Gives the unit a size, if its sender did not, and drops what no unit of ours holds.
    private bool TryEndObu()
    {
        var start = _obuStart;
        _obuStart = -1;
        if (!Obu.TryRead(Assembly.InWork[start..], out var obu, out var length))
        {
            return false;
        }
        if (obu.IsLeftOut)
        {
            Assembly.Shorten(start);
            return true;
        }
        Assembly.Shorten(start + length);
        var first = obu.FirstByte(hasSize: true);
        if (Assembly.InWork[start] == first)
        {
            return true;
        }
        Span<byte> size = stackalloc byte[5];
        size = size[..Leb128.Write(obu.Payload.Length, size)];
        var at = start + obu.Header.Length;
        Assembly.InWork[start] = first;
        return Assembly.TryInsert(at, size);
    }
}
