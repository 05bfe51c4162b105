// A file of the player pages, ready to be sent: plain and compressed.
using System.IO.Compression;
using System.Security.Cryptography;

namespace Mumu.Agent.Pages;

/// <summary>A file that is in the program itself and never changes while it runs.</summary>
internal sealed class PageFile
{
    public PageFile(string type, byte[] plain)
    {
        Type = type;
        Plain = plain;
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 8))}\"";
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(plain);
        }
        Compressed = compressed.ToArray();
    }

    /// <summary>Its media type.</summary>
    public string Type { get; }

    public byte[] Plain { get; }

    /// <summary>The same as gzip.</summary>
    public byte[] Compressed { get; }

    /// <summary>Names its content, in quotation marks (RFC 9110 §8.8.3). The same for both forms, so it is sent as a weak one.</summary>
    public string ETag { get; }
}
