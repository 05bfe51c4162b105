// Looks at each datagram before libssl does, because libssl ends the association over junk that RFC 6347 §4.1.2.7 wants dropped.
using System.Buffers.Binary;

namespace Mumu.Protocols.Dtls;

/// <summary>
/// Refuses datagrams that are malformed, our own come back, or out of place before the handshake is done: plaintext that cannot be checked is all libssl
/// has to go on by then, and it believes what it is told. Also bounds what libssl sets aside for later, some 17 KB a record.
/// </summary>
internal sealed class DtlsGuard(DtlsRole role)
{
    private const int RecordHeader = 13;
    private const int MessageHeader = 12;
    private const int MaxMessage = 16_384;
    private const int MaxMessageSequence = 12; // no handshake has more messages on one side; what is ahead is set aside
    private const int MaxEarly = 8;
    private const int MaxEarlyAfterChange = 32; // by then the peer's Finished is among them, once for each repetition

    private const byte ChangeCipherSpec = 20;
    private const byte Alert = 21;
    private const byte Handshake = 22;
    private const byte ApplicationData = 23;
    private const byte Fatal = 2;

    private int _early;
    private bool _changeSeen;

    /// <summary>True if libssl may see a datagram.</summary>
    /// <param name="datagram">One whole datagram.</param>
    /// <param name="isDone">The handshake is complete: libssl drops foreign plaintext by itself, and a repeated Finished may stand behind some.</param>
    public bool Admits(ReadOnlySpan<byte> datagram, bool isDone)
    {
        var isFirst = true;
        for (var rest = datagram; rest.Length > 0; isFirst = false)
        {
            if (rest.Length < RecordHeader || rest[0] is < ChangeCipherSpec or > ApplicationData || rest[1] != 0xFE)
                return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[11..]);
            if (length == 0 || length > rest.Length - RecordHeader)
                return false;
            var epoch = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            var body = rest.Slice(RecordHeader, length);
            if (epoch > 1 || !(isDone || (epoch == 0 ? IsPlausible(rest[0], body) : MayWait())))
                return false;
            _changeSeen |= epoch == 0 && rest[0] == ChangeCipherSpec;
            rest = rest[(RecordHeader + length)..];
        }
        return !isFirst;
    }

    private bool MayWait() => _early++ < (_changeSeen ? MaxEarlyAfterChange : MaxEarly);

    private bool IsPlausible(byte type, ReadOnlySpan<byte> body) =>
        type switch
        {
            ChangeCipherSpec => body is [1],
            Alert => body is [Fatal, _], // five warnings are fatal to libssl, and a peer has nothing to warn of
            Handshake => AreMessages(body),
            _ => false,
        };

    /// <summary>One or more whole fragments of handshake messages (RFC 6347 §4.2.2) that the other side may send.</summary>
    private bool AreMessages(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            if (body.Length < MessageHeader)
                return false;
            var total = UInt24(body[1..]);
            var sequence = BinaryPrimitives.ReadUInt16BigEndian(body[4..]);
            var offset = UInt24(body[6..]);
            var length = UInt24(body[9..]);
            if (total > MaxMessage || sequence > MaxMessageSequence || offset + length > total || length > body.Length - MessageHeader)
                return false;
            if ((length == 0 && total != 0) || !IsOfPeer(body[0]))
                return false;
            body = body[(MessageHeader + length)..];
        }
        return true;
    }

    private bool IsOfPeer(byte type) =>
        role == DtlsRole.Server
            ? type is 1 or 11 or 15 or 16 or 20 // ClientHello, Certificate, CertificateVerify, ClientKeyExchange, Finished
            : type is 2 or 3 or 4 or 11 or 12 or 13 or 14 or 20 or 22; // ServerHello, HelloVerifyRequest, NewSessionTicket, Certificate, … CertificateStatus

    private static int UInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
