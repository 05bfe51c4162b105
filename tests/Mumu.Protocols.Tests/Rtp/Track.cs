// A sender and a receiver of one track, with a network between that a test can spoil.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Tests.Rtp;

internal sealed class Track(
    IRtpPacketizer packetizer,
    IRtpDepacketizer depacketizer,
    RtpReceiverOptions? options = null,
    ushort firstNumber = 65_500
)
{
    private ushort _number = firstNumber;

    internal RtpReceiver Receiver { get; } = new(depacketizer, 90_000, options ?? RtpReceiverOptions.Ordered);

    internal List<(byte[] Data, long Timestamp, bool IsKeyFrame)> Units { get; } = [];

    /// <summary>Packets of one unit, numbered on.</summary>
    internal List<byte[]> Send(byte[] unit, uint timestamp, int maxPayload = 300)
    {
        var output = new PacketBuffer(new byte[unit.Length * 2 + 1_000], new ushort[unit.Length + 10]);
        Assert.True(packetizer.Packetize(unit, maxPayload, ref output) > 0);
        var packets = new List<byte[]>();
        var at = 0;
        for (var i = 0; i < output.Count; i++)
        {
            var packet = new byte[RtpHeader.MinLength + output.Lengths[i]];
            var marker = packetizer.MarksLast && i == output.Count - 1;
            RtpHeader.Write(packet, 96, marker, new SequenceNumber(_number++), new RtpTimestamp(timestamp), new Ssrc(1));
            output.Bytes.Slice(at, output.Lengths[i]).CopyTo(packet.AsSpan(RtpHeader.MinLength));
            at += output.Lengths[i];
            packets.Add(packet);
        }
        return packets;
    }

    internal void Deliver(byte[] packet, TimeSpan now)
    {
        Receiver.Receive(packet, now);
        Read();
    }

    internal void Tick(TimeSpan now)
    {
        Receiver.Tick(now);
        Read();
    }

    private void Read()
    {
        while (Receiver.TryRead(out var unit))
        {
            Units.Add((unit.Data.ToArray(), unit.Timestamp, unit.IsKeyFrame));
        }
    }
}
