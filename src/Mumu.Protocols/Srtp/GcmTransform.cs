// AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714).
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Mumu.Protocols.Srtp;

/// <summary>The RTP header is authenticated and the payload encrypted; of RTCP the first 8 bytes and the word are authenticated.</summary>
internal sealed unsafe class GcmTransform : SrtpTransform
{
    public const int Tag = GcmCipher.TagLength;
    public const int Salt = 12;
    private const int AuthenticatedRtcp = RtcpHeader + sizeof(uint);
    private readonly GcmCipher _rtp;
    private readonly GcmCipher _rtcp;
    private readonly GcmSalt _rtpSalt;
    private readonly GcmSalt _rtcpSalt;

    /// <summary>Takes session keys (not master keys): 16 bytes each, salts 12 bytes.</summary>
    internal GcmTransform(
        ReadOnlySpan<byte> rtpKey,
        ReadOnlySpan<byte> rtpSalt,
        ReadOnlySpan<byte> rtcpKey,
        ReadOnlySpan<byte> rtcpSalt,
        bool encrypt
    )
    {
        _rtp = GcmCipher.Create(rtpKey, encrypt);
        _rtcp = GcmCipher.Create(rtcpKey, encrypt);
        _rtpSalt = new GcmSalt(rtpSalt);
        _rtcpSalt = new GcmSalt(rtcpSalt);
    }

    public override int Overhead => Tag;

    public override int RtcpWordFromEnd => sizeof(uint);

    public static GcmTransform Derive(in SrtpKeys master, bool encrypt)
    {
        Span<byte> keys = stackalloc byte[2 * (SrtpKeys.KeyLength + Salt)];
        SrtpKeyDerivation.Derive(master, SrtpKeyDerivation.RtpCipherKey, keys[..16]);
        SrtpKeyDerivation.Derive(master, SrtpKeyDerivation.RtpSalt, keys[16..28]);
        SrtpKeyDerivation.Derive(master, SrtpKeyDerivation.RtcpCipherKey, keys[28..44]);
        SrtpKeyDerivation.Derive(master, SrtpKeyDerivation.RtcpSalt, keys[44..]);
        var transform = new GcmTransform(keys[..16], keys[16..28], keys[28..44], keys[44..], encrypt);
        CryptographicOperations.ZeroMemory(keys);
        return transform;
    }

    [SkipLocalsInit]
    public override void SealRtp(byte* packet, int header, byte* payload, int payloadLength, ulong index)
    {
        var nonce = stackalloc byte[16];
        _rtpSalt.Nonce(nonce, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 8, 4)), index);
        var body = packet + header;
        _rtp.Seal(nonce, packet, header, payload, body, payloadLength, body + payloadLength);
    }

    [SkipLocalsInit]
    public override bool OpenRtp(byte* packet, int header, int length, ulong index)
    {
        var nonce = stackalloc byte[16];
        _rtpSalt.Nonce(nonce, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 8, 4)), index);
        var body = packet + header;
        var bodyLength = length - header - Tag;
        return _rtp.Open(nonce, packet, header, body, bodyLength, body + bodyLength);
    }

    [SkipLocalsInit]
    public override void SealRtcp(byte* packet, int length, uint word)
    {
        var nonce = stackalloc byte[16];
        var header = stackalloc byte[AuthenticatedRtcp];
        BeginRtcp(packet, word, nonce, header);
        var body = packet + RtcpHeader;
        var tag = packet + length;
        _rtcp.Seal(nonce, header, AuthenticatedRtcp, body, body, length - RtcpHeader, tag);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(tag + Tag, sizeof(uint)), word);
    }

    [SkipLocalsInit]
    public override bool OpenRtcp(byte* packet, int length, uint word)
    {
        var nonce = stackalloc byte[16];
        var header = stackalloc byte[AuthenticatedRtcp];
        BeginRtcp(packet, word, nonce, header);
        return _rtcp.Open(
            nonce,
            header,
            AuthenticatedRtcp,
            packet + RtcpHeader,
            length - RtcpOverhead - RtcpHeader,
            packet + length - RtcpOverhead
        );
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    /// <summary>What is authenticated stands apart in the packet, its head and the word behind the tag; here it is one.</summary>
    private void BeginRtcp(byte* packet, uint word, byte* nonce, byte* header)
    {
        Unsafe.CopyBlockUnaligned(header, packet, RtcpHeader);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(header + RtcpHeader, sizeof(uint)), word);
        _rtcpSalt.Nonce(nonce, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4)), word & 0x7FFF_FFFF);
    }

    /// <summary>A session salt as two numbers, so that a nonce costs two exclusive-ors (RFC 7714 §8.1, §9.1).</summary>
    private readonly struct GcmSalt(ReadOnlySpan<byte> salt)
    {
        private readonly ulong _high = BinaryPrimitives.ReadUInt64BigEndian(salt);
        private readonly uint _low = BinaryPrimitives.ReadUInt32BigEndian(salt[8..]);

        /// <summary>Two zero bytes, SSRC, 48 bits of index; all of it mixed with the salt.</summary>
        public void Nonce(byte* nonce, uint ssrc, ulong index)
        {
            BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(nonce, 8), _high ^ ((ulong)ssrc << 16) ^ (index >> 32));
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(nonce + 8, 4), _low ^ (uint)index);
        }
    }
}
