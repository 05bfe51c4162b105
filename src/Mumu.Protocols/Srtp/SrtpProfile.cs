// The two SRTP protection profiles that are spoken.
namespace Mumu.Protocols.Srtp;

/// <summary>A protection profile by its number in <c>use_srtp</c> (RFC 5764 §4.1.2, RFC 7714 §14.2).</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Naming",
    "CA1707",
    Justification = "The RFC's name has the tag's bits behind an underscore."
)]
public enum SrtpProfile
{
    /// <summary>Not agreed, or none in common.</summary>
    None = 0,

    /// <summary>SRTP_AES128_CM_HMAC_SHA1_80 (RFC 3711): the one everybody has; 10 bytes a packet.</summary>
    Aes128CmSha1_80 = 1,

    /// <summary>SRTP_AEAD_AES_128_GCM (RFC 7714): less than half the CPU time; 16 bytes a packet.</summary>
    AeadAes128Gcm = 7,
}
