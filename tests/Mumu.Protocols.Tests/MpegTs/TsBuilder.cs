// Writes transport streams for tests, right or wrong as asked.
using System.Buffers.Binary;
using Mumu.Protocols.MpegTs;

namespace Mumu.Protocols.Tests.MpegTs;

internal sealed class TsBuilder
{
    public const int MapPid = 0x100;
    private readonly Dictionary<int, int> _counters = [];
    private readonly List<byte[]> _packets = [];

    public IReadOnlyList<byte[]> Packets => _packets;

    public byte[] Bytes(int stride = 188)
    {
        var all = new List<byte>();
        foreach (var packet in _packets)
        {
            all.AddRange(stride == 192 ? [1, 2, 3, 4] : []);
            all.AddRange(packet);
            all.AddRange(stride == 204 ? new byte[16] : []);
        }
        return [.. all];
    }

    public TsBuilder Tables(params (int Pid, int Type, byte[] Descriptors)[] streams)
    {
        Section(0, Table(0, 1, [0, 1, (byte)(0xE0 | MapPid >> 8), MapPid & 0xFF]));
        return Map(1, streams);
    }

    public TsBuilder Map(int program, params (int Pid, int Type, byte[] Descriptors)[] streams)
    {
        var body = new List<byte> { (byte)(0xE0 | streams[0].Pid >> 8), (byte)streams[0].Pid, 0xF0, 0 };
        foreach (var (pid, type, descriptors) in streams)
        {
            body.AddRange([(byte)type, (byte)(0xE0 | pid >> 8), (byte)pid, 0xF0, (byte)descriptors.Length]);
            body.AddRange(descriptors);
        }
        Section(MapPid, Table(2, program, [.. body]));
        return this;
    }

    public static byte[] Table(int id, int number, byte[] body)
    {
        var length = 5 + body.Length + 4;
        byte[] section =
        [
            (byte)id,
            (byte)(0xB0 | length >> 8),
            (byte)length,
            (byte)(number >> 8),
            (byte)number,
            0xC1,
            0,
            0,
            .. body,
            0,
            0,
            0,
            0,
        ];
        BinaryPrimitives.WriteUInt32BigEndian(section.AsSpan(section.Length - 4), TsCrc.Compute(section.AsSpan(0, section.Length - 4)));
        return section;
    }

    public void Section(int pid, byte[] section, int pointer = 0)
    {
        var rest = (byte[])[(byte)pointer, .. new byte[pointer], .. section];
        for (var at = 0; at < rest.Length; at += 184)
        {
            var part = rest.AsSpan(at, Math.Min(184, rest.Length - at)).ToArray();
            Packet(pid, at == 0, [.. part, .. Enumerable.Repeat((byte)0xFF, 184 - part.Length)], null, false);
        }
    }

    public static byte[] Pes(byte stream, long? pts, long? dts, byte[] data, bool isBounded = true)
    {
        byte[] times =
            pts is null ? []
            : dts is null ? Time(2, pts.Value)
            : [.. Time(3, pts.Value), .. Time(1, dts.Value)];
        var flags =
            pts is null ? 0
            : dts is null ? 0x80
            : 0xC0;
        var length = isBounded ? 3 + times.Length + data.Length : 0;
        return [0, 0, 1, stream, (byte)(length >> 8), (byte)length, 0x80, (byte)flags, (byte)times.Length, .. times, .. data];
    }

    public TsBuilder Media(int pid, byte[] pes, bool isRandomAccess = false, long? clock = null)
    {
        for (var at = 0; at < pes.Length; )
        {
            var part = Math.Min(pes.Length - at, 184 - (at == 0 && (isRandomAccess || clock is not null) ? 8 : 0));
            Packet(pid, at == 0, pes.AsSpan(at, part).ToArray(), at == 0 ? clock : null, at == 0 && isRandomAccess);
            at += part;
        }
        return this;
    }

    public void Packet(int pid, bool starts, byte[] payload, long? clock, bool isRandomAccess)
    {
        var counter = _counters.GetValueOrDefault(pid, 15) + 1 & 15;
        _counters[pid] = counter;
        var packet = new byte[188];
        packet[0] = 0x47;
        packet[1] = (byte)((starts ? 0x40 : 0) | pid >> 8);
        packet[2] = (byte)pid;
        var room = 184 - payload.Length;
        packet[3] = (byte)((room > 0 ? 0x30 : 0x10) | counter);
        if (room > 0)
        {
            packet[4] = (byte)(room - 1);
            packet.AsSpan(5, room - 1).Fill(0xFF);
            if (room > 1)
            {
                packet[5] = (byte)((isRandomAccess ? 0x40 : 0) | (clock is null ? 0 : 0x10));
            }
            if (clock is { } at)
            {
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(6), (uint)(at / 300 >> 1));
                packet[10] = (byte)((at / 300 & 1) << 7 | 0x7E | at % 300 >> 8);
                packet[11] = (byte)(at % 300);
            }
        }
        payload.CopyTo(packet, 188 - payload.Length);
        _packets.Add(packet);
    }

    private static byte[] Time(int mark, long time)
    {
        time &= (1L << 33) - 1;
        return
        [
            (byte)(mark << 4 | (int)(time >> 30) << 1 | 1),
            (byte)(time >> 22),
            (byte)((time >> 15 & 0x7F) << 1 | 1),
            (byte)(time >> 7),
            (byte)((time & 0x7F) << 1 | 1),
        ];
    }
}
