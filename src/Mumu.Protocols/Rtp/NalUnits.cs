// Walks length-prefixed NAL units.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp;

/// <summary>Enumerates the NAL units of a unit, each behind its length in four bytes, big-endian (ISO/IEC 14496-15). Ends early at a length that does not fit.</summary>
/// <param name="data">The unit.</param>
public ref struct NalUnits(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>The NAL unit at hand, never empty.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>True when the enumeration ended at a length that does not fit.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly NalUnits GetEnumerator() => this;

    /// <summary>Steps to the next NAL unit; empty ones are skipped.</summary>
    public bool MoveNext()
    {
        while (_rest.Length > 4)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(_rest);
            if (length > (uint)(_rest.Length - 4))
            {
                IsMalformed = true;
                return false;
            }
            Current = _rest.Slice(4, (int)length);
            _rest = _rest[(4 + (int)length)..];
            if (length > 0)
            {
                return true;
            }
        }
        IsMalformed |= _rest.Length is > 0 and < 4;
        return false;
    }
}
