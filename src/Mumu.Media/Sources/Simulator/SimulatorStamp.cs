// The stamp that each simulated frame carries, for readers that check that nothing was lost or changed.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator;

/// <summary>What the SEI message (user_data_unregistered, ITU-T H.264 §D.1.7) of a simulated frame says.</summary>
/// <param name="Frame">The frame's number, counted from 0 where the source began, without a gap.</param>
/// <param name="UnixMilliseconds">The wall clock burnt into the picture, in milliseconds since 1970 UTC.</param>
/// <param name="SliceHash">The first eight bytes of the SHA-256 of the slice NAL unit, header included.</param>
public readonly record struct SimulatorStamp(uint Frame, long UnixMilliseconds, ulong SliceHash)
{
    private const int UserDataUnregistered = 5;
    private const int Size = 16 + 4 + 8 + 8;

    private static ReadOnlySpan<byte> Uuid =>
        [0x6D, 0x75, 0x6D, 0x75, 0x4F, 0x2E, 0x4B, 0x61, 0x9C, 0x3D, 0x1B, 0x5A, 0x7E, 0x90, 0xC2, 0x48];

    /// <summary>Finds the stamp of an access unit (length-prefixed NAL units).</summary>
    public static bool TryRead(ReadOnlySpan<byte> unit, out SimulatorStamp stamp)
    {
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            if (NalHeader.H264Type(nal) == H264NalType.Sei && TryReadSei(nal[1..], out stamp))
            {
                return true;
            }
        }
        stamp = default;
        return false;
    }

    /// <summary>True where the slice of the access unit that carries this stamp is the one that was made, bit for bit.</summary>
    public bool Matches(ReadOnlySpan<byte> unit)
    {
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            if (NalHeader.H264Type(nal) is H264NalType.Slice or H264NalType.IdrSlice)
            {
                return Hash(nal) == SliceHash;
            }
        }
        return false;
    }

    internal static ulong Hash(ReadOnlySpan<byte> slice)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(slice, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>Writes the SEI NAL unit, length-prefixed; returns its bytes.</summary>
    internal int Write(BitWriter bits, Span<byte> destination)
    {
        bits.Reset();
        bits.Bits(UserDataUnregistered, 8);
        bits.Bits(Size, 8);
        foreach (var part in Uuid)
        {
            bits.Bits(part, 8);
        }
        bits.Bits(Frame, 32);
        WriteLong(bits, (ulong)UnixMilliseconds);
        WriteLong(bits, SliceHash);
        bits.Trail();
        return bits.WriteNal((byte)H264NalType.Sei, destination);
    }

    private static void WriteLong(BitWriter bits, ulong value)
    {
        bits.Bits((uint)(value >> 32), 32);
        bits.Bits((uint)value, 32);
    }

    private static ulong ReadLong(ref BitReader bits) => (ulong)bits.Bits(32) << 32 | bits.Bits(32);

    /// <summary>Walks the messages of one SEI.</summary>
    private static bool TryReadSei(ReadOnlySpan<byte> payload, out SimulatorStamp stamp)
    {
        stamp = default;
        var bits = BitReader.OverNal(payload);
        while (!bits.IsOverrun)
        {
            var (type, size) = (ReadNumber(ref bits), ReadNumber(ref bits));
            if (type == UserDataUnregistered && size == Size && IsOurs(ref bits))
            {
                stamp = new SimulatorStamp(bits.Bits(32), (long)ReadLong(ref bits), ReadLong(ref bits));
                return !bits.IsOverrun;
            }
            if (type == UserDataUnregistered && size == Size)
            {
                size -= 16; // Read already, to compare.
            }
            bits.Skip(Math.Min(size, payload.Length) * 8);
        }
        return false;
    }

    private static bool IsOurs(ref BitReader bits)
    {
        var isOurs = true;
        foreach (var part in Uuid)
        {
            isOurs &= bits.Bits(8) == part;
        }
        return isOurs;
    }

    /// <summary>A number in bytes: 255 means that more comes.</summary>
    private static int ReadNumber(ref BitReader bits)
    {
        var number = 0;
        var part = bits.Bits(8);
        for (; part == 255 && number < 1 << 20; part = bits.Bits(8))
        {
            number += 255;
        }
        return number + (int)part;
    }
}
