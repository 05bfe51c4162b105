// Walks the NAL units of an access unit, in the form units hold them and in the form files hold them.
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>Reads NAL units that stand each behind its length in four bytes, big-endian (ISO 14496-15 with a length size of 4).</summary>
public ref struct NalReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the front of an access unit.</summary>
    public NalReader(ReadOnlySpan<byte> unit) => _rest = unit;

    /// <summary>True once a length was met that doesn't fit the bytes.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Gives the next NAL unit, without its length, at least one byte; false at the end or where the bytes make no sense.</summary>
    public bool TryRead(out ReadOnlySpan<byte> nal)
    {
        nal = default;
        if (_rest.IsEmpty)
        {
            return false;
        }
        if (
            _rest.Length < 5
            || BinaryPrimitives.ReadUInt32BigEndian(_rest) is var length && (length == 0 || length > (uint)_rest.Length - 4)
        )
        {
            IsMalformed = true;
            _rest = default;
            return false;
        }
        nal = _rest.Slice(4, (int)length);
        _rest = _rest[(4 + (int)length)..];
        return true;
    }
}
