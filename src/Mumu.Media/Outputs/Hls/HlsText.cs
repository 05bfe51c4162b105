// A playlist as it goes over the wire, plain or compressed.
using System.IO.Compression;
using System.Text;

namespace Mumu.Media.Outputs.Hls;

/// <summary>A text that many clients are given; compressed once, when the first asks for that.</summary>
public sealed class HlsText(string text)
{
    private readonly Lazy<byte[]> _plain = new(() => Encoding.UTF8.GetBytes(text));
    private byte[]? _compressed;

    /// <summary>The text.</summary>
    public string Text => text;

    /// <summary>In UTF-8.</summary>
    public ReadOnlyMemory<byte> Plain => _plain.Value;

    /// <summary>In UTF-8 and gzip.</summary>
    public ReadOnlyMemory<byte> Compressed => _compressed ??= Compress(_plain.Value);

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }
}
