// The tables that say what a transport stream holds: PAT and PMT (ISO/IEC 13818-1 §2.4.4.3, §2.4.4.8).
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.MpegTs;

/// <summary>A program of the PAT.</summary>
/// <param name="Number">Its number, at least 1.</param>
/// <param name="MapPid">The PID of its PMT.</param>
internal readonly record struct TsProgram(int Number, int MapPid);

/// <summary>A stream of the PMT.</summary>
/// <param name="Pid">Its PID.</param>
/// <param name="Type">Its stream_type.</param>
/// <param name="Codec">What it holds, as far as we can use it.</param>
/// <param name="Channels">Opus: channels told by the descriptor; else 0.</param>
internal readonly record struct TsStream(int Pid, int Type, Codec Codec, int Channels);

/// <summary>Reads both tables from checked sections.</summary>
internal static class ProgramTables
{
    /// <summary>Programs and streams that are looked at; more are ignored.</summary>
    public const int MaxEntries = 64;

    /// <summary>Reads the PAT; false if it is none, not yet in force, or malformed.</summary>
    public static bool TryReadPrograms(ReadOnlySpan<byte> section, List<TsProgram> programs)
    {
        if (section.Length < 8 || section[0] != 0 || (section[5] & 1) == 0 || (section.Length - 8) % 4 != 0)
        {
            return false;
        }
        for (var rest = section[8..]; !rest.IsEmpty && programs.Count < MaxEntries; rest = rest[4..])
        {
            var number = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (number != 0) // 0 is the network's table
            {
                programs.Add(new TsProgram(number, BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0x1FFF));
            }
        }
        return true;
    }

    /// <summary>Reads a PMT; false if it is none, not yet in force, or malformed.</summary>
    public static bool TryReadStreams(ReadOnlySpan<byte> section, out int program, out int clockPid, List<TsStream> streams)
    {
        (program, clockPid) = (0, TsPacket.NullPid);
        if (section.Length < 12 || section[0] != 2 || (section[5] & 1) == 0)
        {
            return false;
        }
        program = BinaryPrimitives.ReadUInt16BigEndian(section[3..]);
        clockPid = BinaryPrimitives.ReadUInt16BigEndian(section[8..]) & 0x1FFF;
        var at = 12 + (BinaryPrimitives.ReadUInt16BigEndian(section[10..]) & 0x0FFF);
        while (at < section.Length)
        {
            if (section.Length - at < 5)
            {
                return false;
            }
            var pid = BinaryPrimitives.ReadUInt16BigEndian(section[(at + 1)..]) & 0x1FFF;
            var length = BinaryPrimitives.ReadUInt16BigEndian(section[(at + 3)..]) & 0x0FFF;
            if (length > section.Length - at - 5)
            {
                return false;
            }
            if (streams.Count < MaxEntries)
            {
                var codec = CodecOf(section[at], section.Slice(at + 5, length), out var channels);
                streams.Add(new TsStream(pid, section[at], codec, channels));
            }
            at += 5 + length;
        }
        return at == section.Length;
    }

    /// <summary>A name for people of a stream that we can't use.</summary>
    public static string NameOf(int type) =>
        type switch
        {
            0x01 or 0x02 => "MPEG-2 video",
            0x03 or 0x04 => "MPEG audio (MP2, MP3)",
            0x10 => "MPEG-4 Part 2 video",
            0x11 => "AAC in LATM",
            0x33 => "H.266",
            0x81 => "AC-3",
            0x87 => "E-AC-3",
            0x06 => "private data",
            0x0F => "AAC",
            0x1B => "H.264",
            0x24 => "H.265",
            _ => $"stream type 0x{type:X2}",
        };

    private static Codec CodecOf(int type, ReadOnlySpan<byte> descriptors, out int channels)
    {
        channels = 0;
        return type switch
        {
            0x0F => Codec.Aac,
            0x1B => Codec.H264,
            0x24 => Codec.H265,
            0x06 => PrivateCodec(descriptors, out channels),
            _ => Codec.Unknown,
        };
    }

    // "Encapsulation of Opus in MPEG-TS": a registration descriptor, and an extension descriptor with the channels.
    private static Codec PrivateCodec(ReadOnlySpan<byte> descriptors, out int channels)
    {
        channels = 2;
        var codec = Codec.Unknown;
        while (descriptors.Length >= 2 && descriptors.Length >= 2 + descriptors[1])
        {
            var body = descriptors.Slice(2, descriptors[1]);
            if (descriptors[0] == 0x05 && body.Length >= 4)
            {
                codec =
                    body[..4].SequenceEqual("Opus"u8) ? Codec.Opus
                    : body[..4].SequenceEqual("HEVC"u8) ? Codec.H265
                    : codec;
            }
            else if (descriptors[0] == 0x7F && body.Length >= 2 && body[0] == 0x80 && body[1] is >= 1 and <= 8)
            {
                channels = body[1];
            }
            descriptors = descriptors[(2 + body.Length)..];
        }
        return codec;
    }
}
