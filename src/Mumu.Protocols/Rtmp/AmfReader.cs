// Reads values in AMF0, and the simple ones in AMF3.
using System.Buffers.Binary;
using System.Text;

namespace Mumu.Protocols.Rtmp;

/// <summary>Reads the values of a message one after the other, within bounds.</summary>
public ref struct AmfReader
{
    private ReadOnlySpan<byte> _rest;
    private int _values;

    /// <summary>Starts at the front of a message.</summary>
    public AmfReader(ReadOnlySpan<byte> message) => _rest = message;

    /// <summary>True once all was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads all values of a message; false where one is malformed or there are too many.</summary>
    public static bool TryReadAll(ReadOnlySpan<byte> message, out IReadOnlyList<AmfValue> values)
    {
        var all = new List<AmfValue>();
        values = all;
        var reader = new AmfReader(message);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryRead(out var value))
            {
                return false;
            }
            all.Add(value);
        }
        return true;
    }

    /// <summary>Reads the next value.</summary>
    public bool TryRead(out AmfValue value) => TryRead(0, out value);

    private bool TryRead(int depth, out AmfValue value)
    {
        value = AmfValue.Null;
        if (depth > RtmpLimits.AmfDepth || ++_values > RtmpLimits.AmfValues || !TryTake(1, out var marker))
        {
            return false;
        }
        switch (marker[0])
        {
            case 0x00: // number
                return TryNumber(out value);
            case 0x01: // boolean
                if (!TryTake(1, out var truth))
                {
                    return false;
                }
                value = AmfValue.Of(truth[0] != 0);
                return true;
            case 0x02: // string
                return TryText(2, out value);
            case 0x0C: // long string
            case 0x0F: // XML document
                return TryText(4, out value);
            case 0x03: // object
                return TryMembers(depth, out value);
            case 0x05: // null
            case 0x06: // undefined
            case 0x0D: // unsupported
                return true;
            case 0x07: // reference
                return TryTake(2, out _);
            case 0x08: // ECMA array: a count that binds nobody, then as an object
                return TryTake(4, out _) && TryMembers(depth, out value);
            case 0x0A: // strict array
                return TryList(depth, out value);
            case 0x0B: // date: a number and a time zone
                return TryNumber(out value) && TryTake(2, out _);
            case 0x10: // typed object: its class first
                return TryName(out _) && TryMembers(depth, out value);
            case 0x11: // what follows is AMF3
                return TryAmf3(out value);
            default:
                return false;
        }
    }

    private bool TryNumber(out AmfValue value)
    {
        value = AmfValue.Null;
        if (!TryTake(8, out var bytes))
        {
            return false;
        }
        value = AmfValue.Of(BinaryPrimitives.ReadDoubleBigEndian(bytes));
        return true;
    }

    private bool TryText(int lengthSize, out AmfValue value)
    {
        value = AmfValue.Null;
        if (!TryTake(lengthSize, out var size))
        {
            return false;
        }
        var length = lengthSize == 2 ? BinaryPrimitives.ReadUInt16BigEndian(size) : BinaryPrimitives.ReadUInt32BigEndian(size);
        if (length > RtmpLimits.Command || !TryTake((int)length, out var bytes))
        {
            return false;
        }
        value = AmfValue.Of(Encoding.UTF8.GetString(bytes));
        return true;
    }

    private bool TryName(out string name)
    {
        name = "";
        if (!TryTake(2, out var size) || !TryTake(BinaryPrimitives.ReadUInt16BigEndian(size), out var bytes))
        {
            return false;
        }
        name = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private bool TryMembers(int depth, out AmfValue value)
    {
        value = AmfValue.Null;
        var members = new List<(string, AmfValue)>();
        while (TryName(out var name))
        {
            if (name.Length == 0 && !_rest.IsEmpty && _rest[0] == 0x09)
            {
                _rest = _rest[1..];
                value = AmfValue.Of(members);
                return true;
            }
            if (!TryRead(depth + 1, out var member))
            {
                return false;
            }
            members.Add((name, member));
        }
        return false;
    }

    private bool TryList(int depth, out AmfValue value)
    {
        value = AmfValue.Null;
        if (!TryTake(4, out var size))
        {
            return false;
        }
        var values = new List<AmfValue>();
        for (var left = BinaryPrimitives.ReadUInt32BigEndian(size); left > 0; left--)
        {
            if (!TryRead(depth + 1, out var element))
            {
                return false;
            }
            values.Add(element);
        }
        value = AmfValue.OfList(values);
        return true;
    }

    // Only what has no tables behind it.
    private bool TryAmf3(out AmfValue value)
    {
        value = AmfValue.Null;
        if (!TryTake(1, out var marker))
        {
            return false;
        }
        switch (marker[0])
        {
            case 0x00 or 0x01: // undefined, null
                return true;
            case 0x02 or 0x03: // false, true
                value = AmfValue.Of(marker[0] == 0x03);
                return true;
            case 0x04: // integer of 29 bits with a sign
                if (!TryInteger(out var number))
                {
                    return false;
                }
                value = AmfValue.Of(number << 3 >> 3);
                return true;
            case 0x05: // double
                return TryNumber(out value);
            case 0x06: // string: the lowest bit says that it stands here
                if (!TryInteger(out var length) || (length & 1) == 0 || !TryTake(length >> 1, out var bytes))
                {
                    return false;
                }
                value = AmfValue.Of(Encoding.UTF8.GetString(bytes));
                return true;
            default:
                return false;
        }
    }

    private bool TryInteger(out int value)
    {
        value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (!TryTake(1, out var next))
            {
                return false;
            }
            if (i == 3)
            {
                value = value << 8 | next[0];
                return true;
            }
            value = value << 7 | next[0] & 0x7F;
            if ((next[0] & 0x80) == 0)
            {
                return true;
            }
        }
        return true;
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (length > _rest.Length)
        {
            return false;
        }
        bytes = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
