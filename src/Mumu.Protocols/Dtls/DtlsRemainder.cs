// What is left of an association that carries no data: a few hundred bytes instead of libssl's 47 KB.
using System.Buffers.Binary;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

/// <summary>What a record meant to an association whose libssl object is gone.</summary>
internal enum RemainderNews
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The peer repeats its last flight, so it has not seen ours, which was queued again.</summary>
    FlightRepeated,

    /// <summary>An authentic close_notify.</summary>
    PeerLeft,

    /// <summary>An authentic alert of another kind.</summary>
    PeerFailed,
}

/// <summary>
/// Media takes nothing from DTLS but keys. What may still come is a repetition of the peer's last flight (RFC 6347 §4.2.4: ours is then sent again) and its farewell; what we
/// may still say is ours. The last flight and the farewell are kept as the encrypted records they are: sent again they are the same bytes, with the same nonce.
/// </summary>
internal sealed class DtlsRemainder(byte[][] flight, byte[][] farewell, byte[] peerKey, uint peerSalt)
{
    private const int RecordHeader = 13;
    private const int ExplicitNonce = 8;
    private const int AlertLength = 2;
    private const byte ChangeCipherSpec = 20;
    private const byte Alert = 21;
    private const byte Handshake = 22;
    private const int MostRepetitions = 32; // the peer gives up long before
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromMilliseconds(40); // its flight may be several datagrams, of which one answer is enough

    private TimeSpan? _repeatedAt;
    private int _repetitions;

    /// <summary>Queues our close_notify.</summary>
    public void SayGoodBye(DatagramQueue outgoing) => Send(farewell, outgoing);

    /// <summary>Looks at a datagram whose records are whole, and answers a repeated flight.</summary>
    public RemainderNews Receive(ReadOnlySpan<byte> datagram, TimeSpan now, DatagramQueue outgoing)
    {
        for (var rest = datagram; rest.Length > RecordHeader; )
        {
            var record = rest[..(RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(rest[11..]))];
            rest = rest[record.Length..];
            switch (record[0])
            {
                case ChangeCipherSpec or Handshake when MayRepeat(now):
                    Send(flight, outgoing);
                    return RemainderNews.FlightRepeated;
                case Alert when TryOpen(record, out var description):
                    return description == 0 ? RemainderNews.PeerLeft : RemainderNews.PeerFailed;
            }
        }
        return RemainderNews.None;
    }

    private static void Send(byte[][] datagrams, DatagramQueue outgoing)
    {
        foreach (var datagram in datagrams)
            outgoing.Enqueue(datagram);
    }

    private bool MayRepeat(TimeSpan now)
    {
        if (flight.Length == 0 || now - _repeatedAt < s_leastInterval || _repetitions == MostRepetitions)
            return false;
        _repeatedAt = now;
        _repetitions++;
        return true;
    }

    /// <summary>Decrypts an alert (RFC 5246 §7.2) as AES-128-GCM has it: RFC 5288 §3, with epoch and sequence number in the header (RFC 6347 §4.1.2.1).</summary>
    private unsafe bool TryOpen(ReadOnlySpan<byte> record, out byte description)
    {
        description = 0;
        if (record.Length != RecordHeader + ExplicitNonce + AlertLength + GcmCipher.TagLength || record[3] != 0 || record[4] != 1)
            return false;
        var body = record[RecordHeader..];
        var nonce = stackalloc byte[sizeof(uint) + ExplicitNonce];
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(nonce, sizeof(uint)), peerSalt);
        body[..ExplicitNonce].CopyTo(new Span<byte>(nonce + sizeof(uint), ExplicitNonce));
        var header = stackalloc byte[RecordHeader]; // epoch and number, type, version, length of the text
        record[3..11].CopyTo(new Span<byte>(header, 8));
        record[..3].CopyTo(new Span<byte>(header + 8, 3));
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(header + 11, 2), AlertLength);
        var text = stackalloc byte[AlertLength + GcmCipher.TagLength];
        body[ExplicitNonce..].CopyTo(new Span<byte>(text, AlertLength + GcmCipher.TagLength));
        using var cipher = GcmCipher.Create(peerKey, encrypt: false); // set up for this one record: an alert comes once in a session
        if (!cipher.Open(nonce, header, RecordHeader, text, AlertLength, text + AlertLength))
            return false;
        description = text[1];
        return true;
    }
}
