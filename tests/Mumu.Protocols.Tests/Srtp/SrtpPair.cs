// A sender and the receiver of its packets, with the packets a test needs.
using System.Buffers.Binary;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Tests.Srtp;

internal sealed class SrtpPair : IDisposable
{
    public SrtpPair(SrtpProfile profile, int seed = 1)
    {
        var random = new Random(seed);
        var secret = new byte[16 + SrtpKeys.SaltLength(profile)];
        random.NextBytes(secret);
        var keys = new SrtpKeys(secret.AsSpan(0, 16), secret.AsSpan(16));
        Sender = new SrtpSender(profile, keys);
        Receiver = new SrtpReceiver(profile, keys);
    }

    public SrtpSender Sender { get; }

    public SrtpReceiver Receiver { get; }

    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1_80];

    public static byte[] Header(ulong index, uint ssrc = 0x1234_5678)
    {
        var header = new byte[12];
        header[0] = 0x80;
        header[1] = 96;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)index);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), ssrc);
        return header;
    }

    /// <summary>A sender report with some words behind it.</summary>
    public static byte[] Report(int words, uint ssrc = 0x1234_5678)
    {
        var report = new byte[8 + (4 * words)];
        report[0] = 0x80;
        report[1] = 200;
        BinaryPrimitives.WriteUInt16BigEndian(report.AsSpan(2), (ushort)(report.Length / 4 - 1));
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(4), ssrc);
        return report;
    }

    public byte[] Protect(ulong index, ReadOnlySpan<byte> payload, uint ssrc = 0x1234_5678) => Protect(Header(index, ssrc), payload, index);

    public byte[] Protect(byte[] header, ReadOnlySpan<byte> payload, ulong index)
    {
        var packet = new byte[header.Length + payload.Length + Sender.Overhead];
        Assert.Equal(packet.Length, Sender.Protect(header, payload, index, packet));
        return packet;
    }

    public byte[] ProtectRtcp(byte[] report)
    {
        var packet = new byte[report.Length + Sender.RtcpOverhead];
        Assert.Equal(packet.Length, Sender.ProtectRtcp(report, packet));
        return packet;
    }

    public bool Accepts(byte[] packet) => Receiver.TryUnprotect(packet.ToArray(), out _);

    public bool AcceptsRtcp(byte[] packet) => Receiver.TryUnprotectRtcp(packet.ToArray(), out _);

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
    }
}
