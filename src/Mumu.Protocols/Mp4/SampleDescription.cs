// Reads sample entries: the format of a track that somebody else wrote.
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4;

/// <summary>The format in an <c>stsd</c>. Bytes that make no sense are an unknown format, not a fault of the file.</summary>
internal readonly record struct SampleDescription(Codec Codec, int Channels, byte[] Configuration, int NalLengthSize)
{
    private const int VisualHead = 78;
    private const int AudioHead = 28;
    private static readonly SampleDescription Unknown = new(Codec.Unknown, 0, [], 4);

    /// <summary>Reads the payload of an <c>stsd</c>, of which the first entry counts.</summary>
    public static SampleDescription Read(ReadOnlySpan<byte> table)
    {
        if (table.Length < 8)
        {
            return Unknown;
        }
        var reader = new BoxReader(table[8..]);
        if (!reader.TryRead(out var entry))
        {
            return Unknown;
        }
        if (entry.Is("avc1"u8) || entry.Is("avc3"u8))
        {
            return Child(entry, VisualHead, "avcC"u8, out var c) ? Avc(c) : Unknown;
        }
        if (entry.Is("hvc1"u8) || entry.Is("hev1"u8))
        {
            return Child(entry, VisualHead, "hvcC"u8, out var c) ? Hevc(c) : Unknown;
        }
        if (entry.Is("av01"u8))
        {
            // Some writers leave the box empty and the sequence header in the samples.
            return Child(entry, VisualHead, "av1C"u8, out var c) && c.Length <= ParameterSets.MaxLength
                ? new SampleDescription(Codec.Av1, 0, c.Length > 4 ? c[4..].ToArray() : [], 0)
                : Unknown;
        }
        if (entry.Is("vp09"u8))
        {
            return new SampleDescription(Codec.Vp9, 0, [], 0);
        }
        if (entry.Payload.Length < AudioHead)
        {
            return Unknown;
        }
        var channels = BinaryPrimitives.ReadUInt16BigEndian(entry.Payload[16..]);
        if (entry.Is("Opus"u8))
        {
            return new SampleDescription(Codec.Opus, channels, [], 0);
        }
        return entry.Is("mp4a"u8) && Child(entry, AudioHead, "esds"u8, out var esds) ? Aac(esds, channels) : Unknown;
    }

    private static bool Child(in Box entry, int head, ReadOnlySpan<byte> type, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        return entry.Payload.Length > head && BoxReader.TryFind(entry.Payload[head..], type, out payload);
    }

    private static SampleDescription Avc(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        fields.Skip(4);
        var lengthSize = (fields.U8() & 3) + 1;
        var sets = new NalCollector();
        for (var left = fields.U8() & 31; left > 0; left--)
        {
            sets.Add(fields.Take(fields.U16()));
        }
        for (var left = fields.U8(); left > 0; left--)
        {
            sets.Add(fields.Take(fields.U16()));
        }
        return fields.IsOverrun || sets.IsTooLong ? Unknown : new SampleDescription(Codec.H264, 0, sets.ToArray(), lengthSize);
    }

    private static SampleDescription Hevc(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        fields.Skip(21);
        var lengthSize = (fields.U8() & 3) + 1;
        var sets = new NalCollector();
        for (var arrays = fields.U8(); arrays > 0; arrays--)
        {
            fields.U8();
            for (int left = fields.U16(); left > 0 && !fields.IsOverrun; left--)
            {
                sets.Add(fields.Take(fields.U16()));
            }
        }
        return fields.IsOverrun || sets.IsTooLong ? Unknown : new SampleDescription(Codec.H265, 0, sets.ToArray(), lengthSize);
    }

    // Descriptors within descriptors: ES (3), decoder configuration (4), its specific part (5). ISO 14496-1 §7.2.6.
    private static SampleDescription Aac(ReadOnlySpan<byte> payload, int channels)
    {
        var fields = new FieldReader(payload);
        fields.Skip(4);
        if (Descriptor(ref fields) == 3)
        {
            fields.Skip(2);
            var flags = fields.U8();
            fields.Skip((flags & 0x80) != 0 ? 2 : 0);
            fields.Skip((flags & 0x40) != 0 ? fields.U8() : 0);
            fields.Skip((flags & 0x20) != 0 ? 2 : 0);
        }
        if (Descriptor(ref fields) != 4 || fields.U8() != 0x40)
        {
            return Unknown;
        }
        fields.Skip(12);
        if (fields.U8() != 5)
        {
            return Unknown;
        }
        var specific = fields.Take(Length(ref fields));
        return fields.IsOverrun || specific.Length is 0 or > 64
            ? Unknown
            : new SampleDescription(Codec.Aac, channels, specific.ToArray(), 0);
    }

    private static byte Descriptor(ref FieldReader fields)
    {
        var tag = fields.U8();
        Length(ref fields);
        return tag;
    }

    private static int Length(ref FieldReader fields)
    {
        var length = 0;
        for (var i = 0; i < 4; i++)
        {
            var b = fields.U8();
            length = length << 7 | (b & 0x7F);
            if ((b & 0x80) == 0)
            {
                break;
            }
        }
        return length;
    }

    private sealed class NalCollector
    {
        private readonly List<byte> _bytes = [];

        public bool IsTooLong { get; private set; }

        public void Add(ReadOnlySpan<byte> nal)
        {
            IsTooLong |= nal.Length + 4 > ParameterSets.MaxLength - _bytes.Count;
            if (!nal.IsEmpty && !IsTooLong)
            {
                _bytes.AddRange([0, 0, (byte)(nal.Length >> 8), (byte)nal.Length]);
                _bytes.AddRange(nal);
            }
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
