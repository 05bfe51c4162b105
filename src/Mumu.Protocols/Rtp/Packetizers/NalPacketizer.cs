// What the packetisers of NAL-unit formats share: small units travel together, large ones in equal fragments.
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>
/// Packetises length-prefixed NAL units. The formats differ only in the headers of shared packets and fragments; the cut is the same: consecutive NAL units that fit one packet share it,
/// and one that fits none is cut into fragments of which only the last may be shorter, so that UDP segmentation offload can join them.
/// </summary>
public abstract class NalPacketizer : IRtpPacketizer
{
    private readonly int _nalHeader;

    private protected NalPacketizer(int nalHeader) => _nalHeader = nalHeader;

    /// <inheritdoc />
    public bool MarksLast => true;

    /// <inheritdoc />
    public int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output)
    {
        RtpPacketizer.CheckLimit(maxPayload);
        var before = output.Count;
        var nals = new NalReader(unit);
        var more = nals.TryRead(out var first);
        while (more)
        {
            if (first.Length > maxPayload)
            {
                if (!TryFragment(first, maxPayload, ref output))
                {
                    return -1;
                }
                more = nals.TryRead(out first);
                continue;
            }
            // How many of the following fit beside it? The walk is cheap: it reads lengths only.
            var ahead = nals;
            var count = 1;
            var size = _nalHeader + 2 + first.Length;
            ReadOnlySpan<byte> next;
            while ((more = ahead.TryRead(out next)) && size + 2 + next.Length <= maxPayload)
            {
                size += 2 + next.Length;
                count++;
            }
            if (!(count == 1 ? TrySingle(first, ref output) : TryAggregate(first, nals, count, size, ref output)))
            {
                return -1;
            }
            nals = ahead;
            first = next;
        }
        return output.Count - before;
    }

    /// <summary>Bytes in front of each fragment's piece.</summary>
    private protected abstract int FragmentHeader { get; }

    /// <summary>Writes the header of a fragment of the NAL unit that starts with <paramref name="nal"/>.</summary>
    private protected abstract void WriteFragmentHeader(ReadOnlySpan<byte> nal, bool isFirst, bool isLast, Span<byte> destination);

    /// <summary>Writes the header of a shared packet; called for each NAL unit inside, the first time over zeros.</summary>
    private protected abstract void MergeAggregateHeader(ReadOnlySpan<byte> nal, bool isFirst, Span<byte> destination);

    private static bool TrySingle(ReadOnlySpan<byte> nal, ref PacketBuffer output)
    {
        if (!output.TryAdd(nal.Length, out var payload))
        {
            return false;
        }
        nal.CopyTo(payload);
        return true;
    }

    private bool TryAggregate(ReadOnlySpan<byte> nal, NalReader others, int count, int size, ref PacketBuffer output)
    {
        if (!output.TryAdd(size, out var payload))
        {
            return false;
        }
        var at = _nalHeader;
        for (var i = 0; i < count; i++)
        {
            MergeAggregateHeader(nal, i == 0, payload);
            BinaryPrimitives.WriteUInt16BigEndian(payload[at..], (ushort)nal.Length);
            nal.CopyTo(payload[(at + 2)..]);
            at += 2 + nal.Length;
            others.TryRead(out nal);
        }
        return true;
    }

    private bool TryFragment(ReadOnlySpan<byte> nal, int maxPayload, ref PacketBuffer output)
    {
        var rest = nal[_nalHeader..];
        var piece = RtpPacketizer.EqualPiece(rest.Length, maxPayload - FragmentHeader);
        for (var isFirst = true; !rest.IsEmpty; isFirst = false)
        {
            var take = Math.Min(piece, rest.Length);
            if (!output.TryAdd(FragmentHeader + take, out var payload))
            {
                return false;
            }
            WriteFragmentHeader(nal, isFirst, take == rest.Length, payload);
            rest[..take].CopyTo(payload[FragmentHeader..]);
            rest = rest[take..];
        }
        return true;
    }
}
