// Makes packets that nobody honest has sent.
using System.Buffers.Binary;

namespace Mumu.Media.Tests.WebRtc;

/// <summary>Damages what it has seen, and makes up headers of every protocol on the port.</summary>
internal sealed class Forger(int seed)
{
    private const int MaxSeen = 400;
    private readonly Random _random = new(seed);
    private readonly List<byte[]> _seen = [];
    private readonly Lock _gate = new();

    /// <summary>A packet to damage later.</summary>
    public void See(ReadOnlyMemory<byte> datagram)
    {
        lock (_gate)
        {
            if (_seen.Count < MaxSeen)
            {
                _seen.Add(datagram.ToArray());
            }
            else
            {
                _seen[_random.Next(MaxSeen / 2, MaxSeen)] = datagram.ToArray(); // the first half keeps the handshake
            }
        }
    }

    public byte[] Make()
    {
        lock (_gate)
        {
            return _random.Next(3) == 0 ? MakeUp() : Damage();
        }
    }

    /// <summary>The first genuine packet whose first byte is this.</summary>
    public byte[] Seen(byte first)
    {
        lock (_gate)
        {
            return _seen.First(packet => packet[0] == first);
        }
    }

    private byte[] Damage()
    {
        var packet = (byte[])_seen[_random.Next(_seen.Count)].Clone();
        if (_random.Next(3) == 0)
        {
            return packet[.._random.Next(1, packet.Length)];
        }
        packet[_random.Next(packet.Length)] ^= (byte)_random.Next(1, 256);
        return packet;
    }

    private byte[] MakeUp()
    {
        var packet = new byte[_random.Next(20, 1200)];
        _random.NextBytes(packet);
        switch (_random.Next(6))
        {
            case 0: // RTP
                packet[0] = 0x80;
                packet[1] = (byte)(96 + _random.Next(20));
                break;
            case 1: // RTCP: PLI, NACK, BYE, reports
                packet[0] = 0x81;
                packet[1] = (byte)(200 + _random.Next(8));
                break;
            case 2: // STUN
                BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)(_random.Next(2) == 0 ? 0x0001 : 0x0101));
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)((packet.Length - 20) & ~3));
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 0x2112A442);
                break;
            case 3: // DTLS: alert, handshake, data, in epoch 0 or 1
                packet[0] = (byte)(20 + _random.Next(4));
                (packet[1], packet[2], packet[3], packet[4]) = (0xFE, 0xFD, 0, (byte)_random.Next(2));
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(11), (ushort)(packet.Length - 13));
                break;
            case 4: // SCTP without DTLS
                BinaryPrimitives.WriteUInt16BigEndian(packet, 5000);
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 5000);
                packet[12] = (byte)_random.Next(15);
                break;
        }
        return packet;
    }
}
