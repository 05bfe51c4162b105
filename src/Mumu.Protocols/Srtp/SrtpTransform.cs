// What a protection profile does to a packet, once its index is known.
namespace Mumu.Protocols.Srtp;

/// <summary>
/// One direction of one profile, with its RTP and its RTCP keys. Works on whole packets in place and knows no state: indexes and replay are the caller's.
/// Lengths have been checked by the caller; pointers because every byte goes on to libcrypto.
/// </summary>
internal abstract unsafe class SrtpTransform : IDisposable
{
    /// <summary>Bytes of the fixed RTCP header that stay readable.</summary>
    public const int RtcpHeader = 8;

    /// <summary>Bytes an RTP packet grows by.</summary>
    public abstract int Overhead { get; }

    /// <summary>Bytes an RTCP packet grows by: the tag and the word with E bit and index.</summary>
    public int RtcpOverhead => Overhead + sizeof(uint);

    /// <summary>How far before the end of an SRTCP packet the word with E bit and index stands.</summary>
    public abstract int RtcpWordFromEnd { get; }

    /// <summary>Makes the profile's transform of one direction.</summary>
    public static SrtpTransform Create(SrtpProfile profile, in SrtpKeys keys, bool encrypt)
    {
        if (keys.Salt.Length != SrtpKeys.SaltLength(profile))
            throw new ArgumentException("The salt does not have the profile's length.", nameof(keys));
        return profile == SrtpProfile.AeadAes128Gcm ? GcmTransform.Derive(keys, encrypt) : CmTransform.Derive(keys);
    }

    /// <summary>Encrypts <paramref name="payload" /> to behind the header in <paramref name="packet" /> and adds the tag.</summary>
    public abstract void SealRtp(byte* packet, int header, byte* payload, int payloadLength, ulong index);

    /// <summary>Checks and decrypts a packet of <paramref name="length" /> bytes with its tag; false leaves its content undefined.</summary>
    public abstract bool OpenRtp(byte* packet, int header, int length, ulong index);

    /// <summary>Encrypts the packet of <paramref name="length" /> bytes where it stands and adds tag and word.</summary>
    public abstract void SealRtcp(byte* packet, int length, uint word);

    /// <summary>Checks and decrypts a packet of <paramref name="length" /> bytes with tag and word; false leaves its content undefined.</summary>
    public abstract bool OpenRtcp(byte* packet, int length, uint word);

    /// <inheritdoc />
    public abstract void Dispose();
}
