// The test vectors of RFC 3711 appendix B and RFC 7714 sections 16 and 17.
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Tests.Srtp;

public sealed unsafe class SrtpVectorTests
{
    private static readonly byte[] s_gcmKey = Hex("000102030405060708090a0b0c0d0e0f");
    private static readonly byte[] s_gcmSalt = Hex("517569642070726f2071756f");
    private static readonly byte[] s_header = Hex("8040f17b8041f8d35501a0b2");
    private static readonly byte[] s_rtpPayload = "Gallia est omnis divisa in partes tres"u8.ToArray();

    private static readonly byte[] s_sealedPayload = Hex(
        "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce"
    );

    private static readonly byte[] s_rtcp = Hex(
        "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"
    );

    private static readonly byte[] s_sealedRtcp = Hex(
        "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4"
    );

    [Fact]
    public void Rfc3711_appendix_B2_gives_the_counter_mode_key_stream()
    {
        // The RFC writes the salt shifted by 16 bits already.
        var keys = new CmKeys(
            CounterCipher.Create(Hex("2b7e151628aed2a6abf7158809cf4f3c")),
            new HmacSha1(new byte[20]),
            0xf0f1f2f3f4f5f6f7,
            0xf8f9fafbfcfd0000
        );
        var stream = new byte[0xFF02 * 16];

        fixed (byte* bytes = stream)
            keys.Encrypt(bytes, stream.Length, bytes, ssrc: 0, index: 0);

        Assert.Equal(Hex("e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0"), stream[..48]);
        Assert.Equal(
            Hex("ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44"),
            stream[0xFEFF0..]
        );
        keys.Cipher.Dispose();
    }

    [Fact]
    public void Rfc3711_appendix_B3_gives_the_session_keys()
    {
        var master = new SrtpKeys(Hex("e1f97a0d3e018be0d64fa32c06de4139"), Hex("0ec675ad498afeebb6960b3aabe6"));

        Assert.Equal(Hex("c61e7a93744f39ee10734afe3ff7a087"), Derive(SrtpKeyDerivation.RtpCipherKey, 16));
        Assert.Equal(Hex("30cbbc08863d8c85d49db34a9ae1"), Derive(SrtpKeyDerivation.RtpSalt, 14));
        Assert.Equal(
            Hex(
                "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef722709863"
                    + "71c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2"
            ),
            Derive(SrtpKeyDerivation.RtpAuthenticationKey, 94)
        );

        byte[] Derive(byte label, int length)
        {
            var derived = new byte[length];
            SrtpKeyDerivation.Derive(master, label, derived);
            return derived;
        }
    }

    [Fact]
    public void Rfc7714_section_16_gives_the_sealed_rtp_packet()
    {
        using var sender = new SrtpSender(Gcm(encrypt: true));
        var packet = new byte[s_header.Length + s_rtpPayload.Length + 16];

        var length = sender.Protect(s_header, s_rtpPayload, index: 0xf17b, packet);

        Assert.Equal(packet.Length, length);
        Assert.Equal([.. s_header, .. s_sealedPayload], packet);
    }

    [Fact]
    public void Rfc7714_section_16_is_opened()
    {
        using var receiver = new SrtpReceiver(Gcm(encrypt: false));
        byte[] packet = [.. s_header, .. s_sealedPayload];

        Assert.True(receiver.TryUnprotect(packet, out var length));
        Assert.Equal([.. s_header, .. s_rtpPayload], packet[..length]);
    }

    [Fact]
    public void Rfc7714_section_17_gives_the_sealed_rtcp_packet()
    {
        using var sender = new SrtpSender(Gcm(encrypt: true), rtcpIndex: 0x5d4);
        var packet = new byte[s_rtcp.Length + sender.RtcpOverhead];

        var length = sender.ProtectRtcp(s_rtcp, packet);

        Assert.Equal(packet.Length, length);
        Assert.Equal(s_sealedRtcp, packet);
    }

    [Fact]
    public void Rfc7714_section_17_is_opened()
    {
        using var receiver = new SrtpReceiver(Gcm(encrypt: false));
        var packet = s_sealedRtcp.ToArray();

        Assert.True(receiver.TryUnprotectRtcp(packet, out var length));
        Assert.Equal(s_rtcp, packet[..length]);
    }

    [Fact]
    public void Rfc2202_gives_the_hmac()
    {
        var hmac = new HmacSha1("Jefe"u8);
        var code = new byte[20];

        fixed (
            byte* data = "what do ya want for nothing?"u8,
                output = code
        )
            hmac.Compute(data, 28, output);

        Assert.Equal(Hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"), code);
    }

    private static GcmTransform Gcm(bool encrypt) => new(s_gcmKey, s_gcmSalt, s_gcmKey, s_gcmSalt, encrypt);

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
