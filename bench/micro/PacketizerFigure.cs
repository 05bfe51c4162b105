// What cutting a picture into packets costs.
using System.Buffers.Binary;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Micro;

internal static class PacketizerFigure
{
    private const int MaxPayload = 1_160;
    private const int Picture = 10_400; // 2.5 Mbit/s at 30 frames a second

    public static double Measure()
    {
        var unit = new byte[4 + Picture];
        BinaryPrimitives.WriteInt32BigEndian(unit, Picture);
        unit[4] = 0x41;
        var packetizer = new H264Packetizer();
        var bytes = new byte[RtpPacketizer.MaxBytes(unit.Length, MaxPayload)];
        var lengths = new ushort[RtpPacketizer.MaxPackets(unit.Length, MaxPayload)];
        var packets = 1;
        var picture = Figures.Best(() =>
        {
            var buffer = new PacketBuffer(bytes, lengths);
            packetizer.Packetize(unit, MaxPayload, ref buffer);
            packets = buffer.Count;
        });
        return picture / packets;
    }
}
