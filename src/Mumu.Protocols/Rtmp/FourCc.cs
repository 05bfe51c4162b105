// The four letters by which enhanced RTMP names formats.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtmp;

/// <summary>Formats by FourCC (enhanced RTMP v2, "ExVideoTagHeader", "ExAudioTagHeader").</summary>
public static class FourCc
{
    private static readonly (Codec Codec, string Name)[] s_all =
    [
        (Codec.H264, "avc1"),
        (Codec.H265, "hvc1"),
        (Codec.Av1, "av01"),
        (Codec.Vp9, "vp09"),
        (Codec.Vp8, "vp08"),
        (Codec.Aac, "mp4a"),
        (Codec.Opus, "Opus"),
    ];

    /// <summary>The formats that have one.</summary>
    public static IEnumerable<Codec> All => s_all.Select(entry => entry.Codec);

    /// <summary>The four letters of a format.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static string NameOf(Codec codec)
    {
        foreach (var (known, name) in s_all)
        {
            if (known == codec)
            {
                return name;
            }
        }
        throw new ArgumentException($"{codec} has no FourCC.", nameof(codec));
    }

    /// <summary>The format of four bytes; unknown where there is none.</summary>
    public static Codec Of(ReadOnlySpan<byte> bytes)
    {
        foreach (var (codec, name) in s_all)
        {
            if (bytes.Length == 4 && bytes[0] == name[0] && bytes[1] == name[1] && bytes[2] == name[2] && bytes[3] == name[3])
            {
                return codec;
            }
        }
        return Codec.Unknown;
    }

    /// <summary>The formats of a client's list, in which <c>*</c> stands for all. What is unknown is left out.</summary>
    public static IReadOnlyList<Codec> Of(AmfValue list) =>
        [
            .. s_all
                .Where(entry => list.Members.Any(member => member.Value.Text == entry.Name || member.Value.Text == "*"))
                .Select(entry => entry.Codec),
        ];

    /// <summary>The four letters as a number, as metadata has them.</summary>
    public static uint NumberOf(Codec codec)
    {
        var name = NameOf(codec);
        return (uint)(name[0] << 24 | name[1] << 16 | name[2] << 8 | name[3]);
    }

    internal static void Write(Codec codec, Span<byte> destination)
    {
        var name = NameOf(codec);
        for (var i = 0; i < 4; i++)
        {
            destination[i] = (byte)name[i];
        }
    }
}
