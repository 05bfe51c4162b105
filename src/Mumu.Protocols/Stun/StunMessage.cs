// Reads a STUN message in place: one walk checks its whole shape, look-ups allocate nothing.
using System.Buffers.Binary;

namespace Mumu.Protocols.Stun;

/// <summary>
/// A well-formed STUN message over borrowed bytes (RFC 8489 §5, §14). Nothing after an integrity attribute is visible, save the stronger
/// integrity and FINGERPRINT; of a repeated attribute the first counts. Well-formed is not authentic: see <see cref="HasIntegrity"/>.
/// </summary>
public readonly ref struct StunMessage
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 20;

    /// <summary>Longest message that is read; a datagram of an Ethernet with room to spare.</summary>
    public const int MaxLength = 2048;

    /// <summary>The magic cookie, bytes 4–7.</summary>
    public const uint Cookie = 0x2112A442;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _visibleEnd;
    private readonly int _sha1At;
    private readonly int _sha256At;

    private StunMessage(ReadOnlySpan<byte> bytes, int visibleEnd, int sha1At, int sha256At, bool hasFingerprint)
    {
        _bytes = bytes;
        _visibleEnd = visibleEnd;
        _sha1At = sha1At;
        _sha256At = sha256At;
        HasFingerprint = hasFingerprint;
    }

    /// <summary>The class.</summary>
    public StunClass Class => (StunClass)(((_bytes[0] & 1) << 1) | ((_bytes[1] >> 4) & 1));

    /// <summary>The method, 12 bits.</summary>
    public StunMethod Method => (StunMethod)(((_bytes[0] & 0x3E) << 6) | ((_bytes[1] & 0xE0) >> 1) | (_bytes[1] & 0x0F));

    /// <summary>The transaction.</summary>
    public StunTransactionId TransactionId => StunTransactionId.Read(_bytes[8..]);

    /// <summary>True if a FINGERPRINT was there (and right: a wrong one is not parsed).</summary>
    public bool HasFingerprint { get; }

    /// <summary>True if the message carries MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256, right or wrong.</summary>
    public bool ClaimsIntegrity => _sha1At != 0 || _sha256At != 0;

    /// <summary>True if the datagram can only be STUN among the protocols that share a socket (RFC 7983), judged by its first eight bytes.</summary>
    public static bool IsStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] < 4 && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == Cookie;

    /// <summary>Reads one whole message; false for anything malformed, cut, too long, or with a wrong FINGERPRINT.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (!IsStun(datagram) || datagram.Length > MaxLength || (datagram.Length & 3) != 0)
        {
            return false;
        }
        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength)
        {
            return false;
        }
        int visibleEnd = datagram.Length,
            sha1At = 0,
            sha256At = 0;
        var hasFingerprint = false;
        for (var at = HeaderLength; at < datagram.Length; )
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            var next = at + 4 + ((length + 3) & ~3);
            if (next > datagram.Length)
            {
                return false;
            }
            switch ((StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]))
            {
                case StunAttribute.MessageIntegrity when sha1At == 0 && sha256At == 0:
                    if (length != StunIntegrity.Sha1Length)
                    {
                        return false;
                    }
                    sha1At = at;
                    visibleEnd = Math.Min(visibleEnd, at);
                    break;
                case StunAttribute.MessageIntegritySha256 when sha256At == 0:
                    if (length is < 16 or > StunIntegrity.Sha256Length || (length & 3) != 0)
                    {
                        return false;
                    }
                    sha256At = at;
                    visibleEnd = Math.Min(visibleEnd, at);
                    break;
                case StunAttribute.Fingerprint:
                    if (
                        length != 4
                        || next != datagram.Length
                        || StunCrc.Fingerprint(datagram[..at]) != BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + 4)..])
                    )
                    {
                        return false;
                    }
                    hasFingerprint = true;
                    visibleEnd = Math.Min(visibleEnd, at);
                    break;
            }
            at = next;
        }
        message = new StunMessage(datagram, visibleEnd, sha1At, sha256At, hasFingerprint);
        return true;
    }

    /// <summary>
    /// True if the message carries an integrity attribute and the strongest one it carries is right under <paramref name="key"/>: the password's
    /// bytes of a short-term credential, the MD5 or SHA-256 key of a long-term one. Takes constant time in the secret.
    /// </summary>
    public bool HasIntegrity(ReadOnlySpan<byte> key) =>
        _sha256At != 0
            ? StunIntegrity.IsRightSha256(_bytes, _sha256At, key)
            : _sha1At != 0 && StunIntegrity.IsRightSha1(_bytes, _sha1At, key);

    /// <summary>Finds the first visible attribute of a type.</summary>
    public bool TryGet(StunAttribute type, out ReadOnlySpan<byte> value)
    {
        var at = 0;
        return TryGetNext(type, ref at, out value);
    }

    /// <summary>Finds the next visible attribute of a type, for those that may be repeated; <paramref name="at"/> is 0 for the first and is moved on.</summary>
    public bool TryGetNext(StunAttribute type, scoped ref int at, out ReadOnlySpan<byte> value)
    {
        at = Math.Max(at, HeaderLength);
        while (at < _visibleEnd)
        {
            var here = at;
            int length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(here + 2)..]);
            at += 4 + ((length + 3) & ~3);
            if (BinaryPrimitives.ReadUInt16BigEndian(_bytes[here..]) == (int)type)
            {
                value = _bytes.Slice(here + 4, length);
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>True if a visible attribute of that type is there.</summary>
    public bool Has(StunAttribute type) => TryGet(type, out _);

    /// <summary>Reads an attribute of exactly four bytes, such as PRIORITY.</summary>
    public bool TryGetUInt32(StunAttribute type, out uint value)
    {
        var found = TryGet(type, out var bytes) && bytes.Length == 4;
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        return found;
    }

    /// <summary>Reads an attribute of exactly eight bytes, such as ICE-CONTROLLING.</summary>
    public bool TryGetUInt64(StunAttribute type, out ulong value)
    {
        var found = TryGet(type, out var bytes) && bytes.Length == 8;
        value = found ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
        return found;
    }

    /// <summary>Reads an XORed address: XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS.</summary>
    public bool TryGetXorAddress(StunAttribute type, out TransportAddress address)
    {
        address = default;
        return TryGet(type, out var value) && StunAddress.TryRead(value, _bytes.Slice(4, 16), out address);
    }

    /// <summary>Reads the value of an attribute of this message as an XORed address.</summary>
    public bool TryReadXorAddress(ReadOnlySpan<byte> value, out TransportAddress address) =>
        StunAddress.TryRead(value, _bytes.Slice(4, 16), out address);

    /// <summary>Reads XOR-MAPPED-ADDRESS, or the MAPPED-ADDRESS of a server older than RFC 5389.</summary>
    public bool TryGetMappedAddress(out TransportAddress address) =>
        TryGetXorAddress(StunAttribute.XorMappedAddress, out address)
        || (TryGet(StunAttribute.MappedAddress, out var value) && StunAddress.TryRead(value, default, out address));

    /// <summary>Reads ERROR-CODE.</summary>
    public bool TryGetError(out StunError error)
    {
        error = default;
        if (!TryGet(StunAttribute.ErrorCode, out var value) || value.Length < 4 || (value[2] & 7) is < 3 or > 6 || value[3] > 99)
        {
            return false;
        }
        error = new StunError(((value[2] & 7) * 100) + value[3], value[4..]);
        return true;
    }

    /// <summary>
    /// Collects the types of visible attributes below 0x8000 that are not in <paramref name="known"/> (RFC 8489 §6.3.1), as far as
    /// <paramref name="unknown"/> has room, and returns how many were written.
    /// </summary>
    public int FindUnknownRequired(ReadOnlySpan<StunAttribute> known, Span<ushort> unknown)
    {
        var count = 0;
        for (var at = HeaderLength; at < _visibleEnd && count < unknown.Length; )
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);
            if (type < 0x8000 && !known.Contains((StunAttribute)type) && !unknown[..count].Contains(type))
            {
                unknown[count++] = type;
            }
            at += 4 + ((BinaryPrimitives.ReadUInt16BigEndian(_bytes[(at + 2)..]) + 3) & ~3);
        }
        return count;
    }
}
