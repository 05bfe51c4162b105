// Writes one STUN message into a borrowed buffer, attribute by attribute, its length always right.
using System.Buffers.Binary;

namespace Mumu.Protocols.Stun;

/// <summary>
/// Writes a STUN message (RFC 8489 §5). Integrity and FINGERPRINT go last, in this order. A buffer that is too small is the caller's mistake:
/// <see cref="ArgumentException"/>.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>Begins a message.</summary>
    public StunWriter(Span<byte> buffer, StunClass @class, StunMethod method, in StunTransactionId transaction)
    {
        _buffer = buffer;
        var type = (((int)method & 0xF80) << 2) | (((int)method & 0x70) << 1) | ((int)method & 0xF);
        type |= (((int)@class & 2) << 7) | (((int)@class & 1) << 4);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.Cookie);
        transaction.Write(buffer[8..]);
        Length = StunMessage.HeaderLength;
    }

    /// <summary>Bytes written so far: a whole message after every call.</summary>
    public int Length { get; private set; }

    /// <summary>Adds an attribute, padded to four bytes.</summary>
    public void Write(StunAttribute type, ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, value.Length));

    /// <summary>Adds an attribute of four bytes, such as PRIORITY.</summary>
    public void WriteUInt32(StunAttribute type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Begin(type, 4), value);

    /// <summary>Adds an attribute of eight bytes, such as ICE-CONTROLLED.</summary>
    public void WriteUInt64(StunAttribute type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Begin(type, 8), value);

    /// <summary>Adds an XORed address.</summary>
    public void WriteXorAddress(StunAttribute type, in TransportAddress address) =>
        StunAddress.Write(Begin(type, 4 + address.AddressLength), address, _buffer.Slice(4, 16));

    /// <summary>Adds ERROR-CODE; <paramref name="code"/> 300–699, the reason in ASCII.</summary>
    public void WriteError(int code, ReadOnlySpan<byte> reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 699);
        var value = Begin(StunAttribute.ErrorCode, 4 + reason.Length);
        BinaryPrimitives.WriteUInt16BigEndian(value, 0);
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>Adds UNKNOWN-ATTRIBUTES.</summary>
    public void WriteUnknownAttributes(ReadOnlySpan<ushort> types)
    {
        var value = Begin(StunAttribute.UnknownAttributes, 2 * types.Length);
        for (var i = 0; i < types.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], types[i]);
        }
    }

    /// <summary>Adds MESSAGE-INTEGRITY under a key (the password's bytes of a short-term credential).</summary>
    public void WriteIntegrity(ReadOnlySpan<byte> key)
    {
        var at = Length;
        var value = Begin(StunAttribute.MessageIntegrity, StunIntegrity.Sha1Length);
        StunIntegrity.Sha1(_buffer[..Length], at, key, value);
    }

    /// <summary>Adds FINGERPRINT; nothing may follow.</summary>
    public void WriteFingerprint()
    {
        var at = Length;
        var value = Begin(StunAttribute.Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, StunCrc.Fingerprint(_buffer[..at]));
    }

    private Span<byte> Begin(StunAttribute type, int length)
    {
        var padded = (length + 3) & ~3;
        if (Length + 4 + padded > Math.Min(_buffer.Length, StunMessage.MaxLength))
        {
            throw new ArgumentException("The buffer is too small for the STUN message.");
        }
        var attribute = _buffer.Slice(Length, 4 + padded);
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        attribute[(4 + length)..].Clear();
        Length += attribute.Length;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(Length - StunMessage.HeaderLength));
        return attribute.Slice(4, length);
    }
}
