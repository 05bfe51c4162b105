// Goodbye: a sender leaves.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Goodbye (RFC 3550 §6.6).</summary>
public readonly ref struct Bye
{
    private readonly ReadOnlySpan<byte> _sources;

    private Bye(ReadOnlySpan<byte> sources) => _sources = sources;

    /// <summary>Sources that leave, 0–31.</summary>
    public int Count => _sources.Length / 4;

    /// <summary>Reads source <paramref name="index"/>.</summary>
    public Ssrc Source(int index) => new(BinaryPrimitives.ReadUInt32BigEndian(_sources[(index * 4)..]));

    /// <summary>Reads a goodbye; the text that may follow the sources is passed over.</summary>
    public static bool TryParse(in RtcpPacket packet, out Bye bye)
    {
        if (packet.Type != RtcpType.Bye || packet.Body.Length < packet.Count * 4)
        {
            bye = default;
            return false;
        }
        bye = new Bye(packet.Body[..(packet.Count * 4)]);
        return true;
    }

    /// <summary>Writes a goodbye of one source; returns its length.</summary>
    public static int Write(Span<byte> destination, Ssrc source)
    {
        BinaryPrimitives.WriteUInt32BigEndian(RtcpHeader.Write(destination, RtcpType.Bye, 1, 8), source.Value);
        return 8;
    }
}
