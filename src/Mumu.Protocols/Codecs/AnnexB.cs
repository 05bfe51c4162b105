// NAL units behind start codes (ITU-T H.264 Annex B), as files and cameras' raw streams hold them.
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>Reads NAL units that stand behind start codes of three or four bytes.</summary>
public ref struct AnnexBReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the front of a byte stream; what stands before the first start code is skipped.</summary>
    public AnnexBReader(ReadOnlySpan<byte> stream)
    {
        var start = AnnexB.FindStartCode(stream);
        _rest = start < 0 ? default : stream[(start + 3)..];
    }

    /// <summary>Gives the next NAL unit, without start code and without the zeros that may follow it; false at the end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> nal)
    {
        while (!_rest.IsEmpty)
        {
            var next = AnnexB.FindStartCode(_rest);
            nal = (next < 0 ? _rest : _rest[..next]).TrimEnd((byte)0);
            _rest = next < 0 ? default : _rest[(next + 3)..];
            if (!nal.IsEmpty)
            {
                return true;
            }
        }
        nal = default;
        return false;
    }
}

/// <summary>Turns start codes into lengths and back.</summary>
public static class AnnexB
{
    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    /// <summary>Position of the first 00 00 01, or -1.</summary>
    public static int FindStartCode(ReadOnlySpan<byte> bytes) => bytes.IndexOf(StartCode);

    /// <summary>Replaces each four-byte length by a four-byte start code, in place. False (and part of it changed) where the lengths don't fit.</summary>
    public static bool TryConvertFromLengths(Span<byte> unit)
    {
        while (!unit.IsEmpty)
        {
            if (
                unit.Length < 5
                || BinaryPrimitives.ReadUInt32BigEndian(unit) is var length && (length == 0 || length > (uint)unit.Length - 4)
            )
            {
                return false;
            }
            BinaryPrimitives.WriteUInt32BigEndian(unit, 1);
            unit = unit[(4 + (int)length)..];
        }
        return true;
    }

    /// <summary>Bytes that <see cref="ConvertToLengths"/> writes for this stream.</summary>
    public static int MeasureLengths(ReadOnlySpan<byte> stream)
    {
        var total = 0;
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal))
        {
            total += 4 + nal.Length;
        }
        return total;
    }

    /// <summary>Writes each NAL unit behind its length in four bytes; returns the bytes written.</summary>
    public static int ConvertToLengths(ReadOnlySpan<byte> stream, Span<byte> destination)
    {
        var at = 0;
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal))
        {
            BinaryPrimitives.WriteInt32BigEndian(destination[at..], nal.Length);
            nal.CopyTo(destination[(at + 4)..]);
            at += 4 + nal.Length;
        }
        return at;
    }
}
