// AES128_CM_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711).
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Mumu.Protocols.Srtp;

/// <summary>Counter mode without padding, then HMAC-SHA1 over what is sent and the roll-over counter (RTP) or the word (RTCP), cut to 10 bytes.</summary>
internal sealed unsafe class CmTransform : SrtpTransform
{
    public const int Tag = 10;
    private readonly CmKeys _rtp;
    private readonly CmKeys _rtcp;

    private CmTransform(CmKeys rtp, CmKeys rtcp)
    {
        _rtp = rtp;
        _rtcp = rtcp;
    }

    public override int Overhead => Tag;

    public override int RtcpWordFromEnd => sizeof(uint) + Tag;

    public static CmTransform Derive(in SrtpKeys master) =>
        new(CmKeys.Derive(master, SrtpKeyDerivation.RtpCipherKey), CmKeys.Derive(master, SrtpKeyDerivation.RtcpCipherKey));

    [SkipLocalsInit]
    public override void SealRtp(byte* packet, int header, byte* payload, int payloadLength, ulong index)
    {
        var body = packet + header;
        _rtp.Encrypt(payload, payloadLength, body, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 8, 4)), index);
        var tag = stackalloc byte[HmacSha1.Length];
        AuthenticateRtp(packet, header + payloadLength, index, tag);
        new ReadOnlySpan<byte>(tag, Tag).CopyTo(new Span<byte>(body + payloadLength, Tag));
    }

    [SkipLocalsInit]
    public override bool OpenRtp(byte* packet, int header, int length, ulong index)
    {
        var signed = length - Tag;
        var tag = stackalloc byte[HmacSha1.Length];
        var received = stackalloc byte[Tag];
        new ReadOnlySpan<byte>(packet + signed, Tag).CopyTo(new Span<byte>(received, Tag));
        AuthenticateRtp(packet, signed, index, tag);
        if (!CryptographicOperations.FixedTimeEquals(new ReadOnlySpan<byte>(tag, Tag), new ReadOnlySpan<byte>(received, Tag)))
            return false;
        var body = packet + header;
        _rtp.Encrypt(body, signed - header, body, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 8, 4)), index);
        return true;
    }

    [SkipLocalsInit]
    public override void SealRtcp(byte* packet, int length, uint word)
    {
        EncryptRtcp(packet, length, word);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(packet + length, sizeof(uint)), word);
        var tag = stackalloc byte[HmacSha1.Length];
        _rtcp.Hmac.Compute(packet, length + sizeof(uint), tag);
        new ReadOnlySpan<byte>(tag, Tag).CopyTo(new Span<byte>(packet + length + sizeof(uint), Tag));
    }

    [SkipLocalsInit]
    public override bool OpenRtcp(byte* packet, int length, uint word)
    {
        var signed = length - Tag;
        var tag = stackalloc byte[HmacSha1.Length];
        _rtcp.Hmac.Compute(packet, signed, tag);
        if (!CryptographicOperations.FixedTimeEquals(new ReadOnlySpan<byte>(tag, Tag), new ReadOnlySpan<byte>(packet + signed, Tag)))
            return false;
        EncryptRtcp(packet, signed - sizeof(uint), word);
        return true;
    }

    public override void Dispose()
    {
        _rtp.Cipher.Dispose();
        _rtcp.Cipher.Dispose();
    }

    /// <summary>The roll-over counter is authenticated behind the packet without being sent; it lies there for a moment, where the tag is to stand.</summary>
    private void AuthenticateRtp(byte* packet, int length, ulong index, byte* tag)
    {
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(packet + length, sizeof(uint)), (uint)(index >> 16));
        _rtp.Hmac.Compute(packet, length + sizeof(uint), tag);
    }

    private void EncryptRtcp(byte* packet, int length, uint word)
    {
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + 4, 4));
        _rtcp.Encrypt(packet + RtcpHeader, length - RtcpHeader, packet + RtcpHeader, ssrc, word & 0x7FFF_FFFF);
    }
}
