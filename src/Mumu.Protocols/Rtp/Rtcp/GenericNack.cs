// Which packets a receiver misses and wants again.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Generic NACK (RFC 4585 §6.2.1). Enumerate it for the missing numbers.</summary>
public ref struct GenericNack
{
    private ReadOnlySpan<byte> _rest;
    private ushort _packet;
    private uint _mask; // bit 0 is the packet itself, bit i the packet i later

    private GenericNack(Ssrc sender, Ssrc media, ReadOnlySpan<byte> entries)
    {
        Sender = sender;
        Media = media;
        _rest = entries;
    }

    /// <summary>Who misses them.</summary>
    public Ssrc Sender { get; }

    /// <summary>Of which source.</summary>
    public Ssrc Media { get; }

    /// <summary>The missing number at hand.</summary>
    public SequenceNumber Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly GenericNack GetEnumerator() => this;

    /// <summary>Steps to the next missing number.</summary>
    public bool MoveNext()
    {
        if (_mask == 0)
        {
            if (_rest.Length < 4)
            {
                return false;
            }
            _packet = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            _mask = ((uint)BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) << 1) | 1;
            _rest = _rest[4..];
        }
        var bit = System.Numerics.BitOperations.TrailingZeroCount(_mask);
        _mask &= _mask - 1;
        Current = new SequenceNumber(unchecked((ushort)(_packet + bit)));
        return true;
    }

    /// <summary>Reads a NACK.</summary>
    public static bool TryParse(in RtcpPacket packet, out GenericNack nack)
    {
        var ok = Feedback.TryParse(packet, RtcpType.TransportFeedback, Feedback.Nack, out var sender, out var media, out var entries);
        nack = ok ? new GenericNack(sender, media, entries) : default;
        return ok && !entries.IsEmpty;
    }

    /// <summary>Writes a NACK of the given numbers, which stand in ascending order; returns its length. At most 12 + 4·n bytes.</summary>
    public static int Write(Span<byte> destination, Ssrc sender, Ssrc media, ReadOnlySpan<SequenceNumber> missing)
    {
        if (missing.IsEmpty)
        {
            throw new ArgumentException("A NACK names at least one packet.", nameof(missing));
        }
        var entries = 0;
        for (var i = 0; i < missing.Length; entries++)
        {
            i += Run(missing[i..], out _);
        }
        var information = Feedback.Write(destination, RtcpType.TransportFeedback, Feedback.Nack, sender, media, entries * 4);
        for (var i = 0; i < missing.Length; )
        {
            var first = missing[i].Value;
            i += Run(missing[i..], out var mask);
            BinaryPrimitives.WriteUInt16BigEndian(information, first);
            BinaryPrimitives.WriteUInt16BigEndian(information[2..], mask);
            information = information[4..];
        }
        return 12 + entries * 4;
    }

    // How many numbers one entry takes: the first and those up to 16 later.
    private static int Run(ReadOnlySpan<SequenceNumber> missing, out ushort mask)
    {
        mask = 0;
        var taken = 1;
        while (taken < missing.Length && missing[taken].Since(missing[0]) is >= 1 and <= 16 and var distance)
        {
            mask |= (ushort)(1 << (distance - 1));
            taken++;
        }
        return taken;
    }
}
