// One packet of a transport stream (ISO/IEC 13818-1 §2.4.3.2).
using System.Buffers.Binary;

namespace Mumu.Protocols.MpegTs;

/// <summary>A transport packet of 188 bytes, with what matters of its adaptation field.</summary>
public readonly ref struct TsPacket
{
    /// <summary>Bytes of a packet.</summary>
    public const int Length = 188;

    /// <summary>The first byte of every packet.</summary>
    public const byte Sync = 0x47;

    /// <summary>The PID of stuffing.</summary>
    public const int NullPid = 0x1FFF;

    private TsPacket(int header, ReadOnlySpan<byte> payload, byte flags, long? clock)
    {
        Pid = header >> 8 & 0x1FFF;
        StartsUnit = (header & 0x400000) != 0;
        IsScrambled = (header & 0xC0) != 0;
        HasPayload = (header & 0x10) != 0;
        Counter = header & 0x0F;
        IsDiscontinuity = (flags & 0x80) != 0;
        IsRandomAccess = (flags & 0x40) != 0;
        Clock = clock;
        Payload = payload;
    }

    /// <summary>Which stream of the multiplex: 0 to 0x1FFF.</summary>
    public int Pid { get; }

    /// <summary>True if a PES packet or a section begins in it.</summary>
    public bool StartsUnit { get; }

    /// <summary>True if its payload is encrypted.</summary>
    public bool IsScrambled { get; }

    /// <summary>True if it has a payload; only such packets count on.</summary>
    public bool HasPayload { get; }

    /// <summary>Its continuity counter, 0 to 15.</summary>
    public int Counter { get; }

    /// <summary>True if the sender says that counter or clock jump here.</summary>
    public bool IsDiscontinuity { get; }

    /// <summary>True if the sender says that decoding can start here.</summary>
    public bool IsRandomAccess { get; }

    /// <summary>The program clock reference in ticks of 27 MHz, below 2³³ × 300; null where there is none.</summary>
    public long? Clock { get; }

    /// <summary>The payload, up to 184 bytes.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads a packet; false for wrong bytes and for packets that say they were damaged on the way.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TsPacket packet)
    {
        packet = default;
        if (bytes.Length != Length || bytes[0] != Sync)
        {
            return false;
        }
        var header = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFFFFFF);
        if ((header & 0x800000) != 0) // transport_error_indicator
        {
            return false;
        }
        var at = 4;
        byte flags = 0;
        long? clock = null;
        if ((header & 0x20) != 0)
        {
            var length = bytes[4];
            at = 5 + length;
            if (at > Length || ((header & 0x10) != 0 && at == Length))
            {
                return false;
            }
            flags = length > 0 ? bytes[5] : (byte)0;
            if ((flags & 0x10) != 0)
            {
                if (length < 7)
                {
                    return false;
                }
                clock = ReadClock(bytes[6..]);
            }
        }
        packet = new TsPacket(header, (header & 0x10) != 0 ? bytes[at..] : default, flags, clock);
        return true;
    }

    // 33 bits of 90 kHz, six of nothing, nine of 27 MHz.
    private static long ReadClock(ReadOnlySpan<byte> bytes)
    {
        var coarse = (long)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 1 | (long)bytes[4] >> 7;
        return coarse * 300 + ((bytes[4] & 1) << 8 | bytes[5]);
    }
}
