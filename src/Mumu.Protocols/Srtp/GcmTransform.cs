// AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714) on OpenSSL.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Mumu.Protocols.Dtls.OpenSsl;

namespace Mumu.Protocols.Srtp;

/// <summary>The RTP header is authenticated and the payload encrypted; of RTCP the first 8 bytes and the word are authenticated.</summary>
internal sealed unsafe class GcmTransform : SrtpTransform
{
    public const int Tag = 16;
    public const int Salt = 12;
    private readonly CipherContext _rtp;
    private readonly CipherContext _rtcp;
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
        _rtp = CipherContext.Gcm(rtpKey, encrypt);
        _rtcp = CipherContext.Gcm(rtcpKey, encrypt);
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
        int written;
        var body = packet + header;
        var ok =
            LibCrypto.EVP_CipherInit_iv(_rtp.Pointer, 0, 0, null, nonce, -1)
            & LibCrypto.EVP_CipherUpdate(_rtp.Pointer, null, &written, packet, header)
            & LibCrypto.EVP_CipherUpdate(_rtp.Pointer, body, &written, payload, payloadLength)
            & Finish(_rtp.Pointer, body + payloadLength);
        GC.KeepAlive(this);
        ThrowUnless(ok);
    }

    [SkipLocalsInit]
    public override bool OpenRtp(byte* packet, int header, int length, ulong index)
    {
        var nonce = stackalloc byte[16];
        _rtpSalt.Nonce(nonce, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 8, 4)), index);
        int written;
        var body = packet + header;
        var bodyLength = length - header - Tag;
        var ok =
            LibCrypto.EVP_CipherInit_iv(_rtp.Pointer, 0, 0, null, nonce, -1)
            & ExpectTag(_rtp.Pointer, body + bodyLength)
            & LibCrypto.EVP_CipherUpdate(_rtp.Pointer, null, &written, packet, header)
            & LibCrypto.EVP_CipherUpdate(_rtp.Pointer, body, &written, body, bodyLength)
            & LibCrypto.EVP_CipherFinal_ex(_rtp.Pointer, body + bodyLength, &written);
        GC.KeepAlive(this);
        return ok == 1;
    }

    public override void SealRtcp(byte* packet, int length, uint word)
    {
        var tag = packet + length;
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(tag + Tag, 4), word);
        var ok = BeginRtcp(packet, tag + Tag, word) & Body(packet, length) & Finish(_rtcp.Pointer, tag);
        GC.KeepAlive(this);
        ThrowUnless(ok);
    }

    public override bool OpenRtcp(byte* packet, int length, uint word)
    {
        int written;
        var tag = packet + length - sizeof(uint) - Tag;
        var ok =
            BeginRtcp(packet, tag + Tag, word)
            & ExpectTag(_rtcp.Pointer, tag)
            & Body(packet, length - RtcpOverhead)
            & LibCrypto.EVP_CipherFinal_ex(_rtcp.Pointer, tag, &written);
        GC.KeepAlive(this);
        return ok == 1;
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    [SkipLocalsInit]
    private int BeginRtcp(byte* packet, byte* wordBytes, uint word)
    {
        var nonce = stackalloc byte[16];
        int written;
        _rtcpSalt.Nonce(nonce, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4)), word & 0x7FFF_FFFF);
        return LibCrypto.EVP_CipherInit_iv(_rtcp.Pointer, 0, 0, null, nonce, -1)
            & LibCrypto.EVP_CipherUpdate(_rtcp.Pointer, null, &written, packet, RtcpHeader)
            & LibCrypto.EVP_CipherUpdate(_rtcp.Pointer, null, &written, wordBytes, sizeof(uint));
    }

    private int Body(byte* packet, int length)
    {
        int written;
        return LibCrypto.EVP_CipherUpdate(_rtcp.Pointer, packet + RtcpHeader, &written, packet + RtcpHeader, length - RtcpHeader);
    }

    private static int Finish(nint context, byte* tag)
    {
        int written;
        var parameter = new TagParameter(tag, Tag);
        return LibCrypto.EVP_CipherFinal_ex(context, tag, &written) & LibCrypto.EVP_CIPHER_CTX_get_params(context, &parameter);
    }

    private static int ExpectTag(nint context, byte* tag)
    {
        var parameter = new TagParameter(tag, Tag);
        return LibCrypto.EVP_CIPHER_CTX_set_params(context, &parameter);
    }

    private static void ThrowUnless(int ok)
    {
        if (ok != 1) // encryption of a packet cannot fail; sending it half done would be worse than stopping
            throw OpenSslError.Take("AES-128-GCM");
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
