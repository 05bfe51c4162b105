// What encrypting and decrypting a packet costs.
using System.Security.Cryptography;
using Mumu.Protocols.Srtp;

namespace Mumu.Micro;

internal static class SrtpFigures
{
    private const int Payload = 1_160;

    public static double Protect(bool gcm)
    {
        var (profile, keys) = Keys(gcm);
        using var sender = new SrtpSender(profile, keys);
        var packet = Packet();
        var output = new byte[1_500];
        var index = 0UL;
        return Figures.Best(() => Seal(sender, packet, index++, output));
    }

    public static double Unprotect(bool gcm)
    {
        var (profile, keys) = Keys(gcm);
        using var sender = new SrtpSender(profile, keys);
        using var receiver = new SrtpReceiver(profile, keys);
        var packet = Packet();
        var output = new byte[1_500];
        var length = packet.Length + sender.Overhead;
        var index = 0UL;
        // A packet is accepted once, so each needs sealing; that is measured apart and taken off.
        var both = Figures.Best(() =>
        {
            Seal(sender, packet, index++, output);
            if (!receiver.TryUnprotect(output.AsSpan(0, length), out _))
            {
                throw new InvalidOperationException("A packet did not decrypt.");
            }
        });
        return both - Figures.Best(() => Seal(sender, packet, index++, output));
    }

    private static void Seal(SrtpSender sender, byte[] packet, ulong index, Span<byte> output)
    {
        packet[2] = (byte)(index >> 8);
        packet[3] = (byte)index;
        sender.Protect(packet.AsSpan(0, 20), packet.AsSpan(20), index, output);
    }

    private static byte[] Packet()
    {
        var packet = RandomNumberGenerator.GetBytes(20 + Payload);
        // Version 2 with a header extension of one word, as our packets have.
        packet[0] = 0x90;
        packet[1] = 96;
        (packet[12], packet[13], packet[14], packet[15]) = (0xBE, 0xDE, 0, 1);
        return packet;
    }

    private static (SrtpProfile Profile, SrtpKeys Keys) Keys(bool gcm)
    {
        var profile = gcm ? SrtpProfile.AeadAes128Gcm : SrtpProfile.Aes128CmSha1_80;
        return (
            profile,
            new SrtpKeys(RandomNumberGenerator.GetBytes(SrtpKeys.KeyLength), RandomNumberGenerator.GetBytes(SrtpKeys.SaltLength(profile)))
        );
    }
}
