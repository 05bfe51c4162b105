// The files of the player pages, out of the program itself.
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Mumu.Agent.Pages;

/// <summary>The two pages and what they load. hls.js is among it where the web app's packages were installed when the program was built.</summary>
internal static class PageFiles
{
    private const string Prefix = "Mumu.Agent.Pages.";
    private const string Template = "player.html";

    private static readonly FrozenDictionary<string, byte[]> Raw = typeof(PageFiles)
        .Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(n => n[Prefix.Length..], Read, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, PageFile> Loaded = Raw.Where(f => f.Key != Template)
        .ToFrozenDictionary(f => f.Key, f => new PageFile(TypeOf(f.Key), f.Value), StringComparer.Ordinal);

    /// <summary>The folder of everything the pages load. Another program has other content, and so another folder.</summary>
    public static string Folder { get; } = $"page={Version()}";

    /// <summary>The page that plays by WHEP.</summary>
    public static PageFile Whep { get; } = Page("whep");

    /// <summary>The page that plays by HLS.</summary>
    public static PageFile Hls { get; } = Page("hls");

    /// <summary>A file in <see cref="Folder"/>; null if there is none of that name.</summary>
    public static PageFile? Find(string name) => Loaded.GetValueOrDefault(name);

    // Nothing of a request is ever written into it.
    private static PageFile Page(string way) =>
        new(
            "text/html; charset=utf-8",
            Encoding.UTF8.GetBytes(
                Encoding
                    .UTF8.GetString(Raw[Template])
                    .Replace("{files}", Folder, StringComparison.Ordinal)
                    .Replace("{way}", way, StringComparison.Ordinal)
            )
        );

    private static string Version()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in Raw.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{bytes.Length}\n"));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
}
