// The API keys of a data directory: made by the command line, read again here when another process changed them.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Keys;

/// <summary>Keys in <c>agent/keys.json</c> (0600). Safe to use from several threads and processes.</summary>
public sealed class KeyStore(string dataDirectory, TimeProvider time)
{
    /// <summary>What every key begins with, so that it is told from other tokens, and found in leaks.</summary>
    public const string Prefix = "mumu_";

    private const int MaxKeys = 1000;
    private const int MaxPaths = 32;
    private readonly string _path = Path.Combine(dataDirectory, "agent", "keys.json");
    private readonly Lock _lock = new();
    private FileStamp _stamp;
    private IReadOnlyList<ApiKey> _keys = [];

    /// <summary>The keys there are, without their secrets.</summary>
    /// <exception cref="InvalidOperationException">The file can't be read.</exception>
    public IReadOnlyList<ApiKey> List()
    {
        lock (_lock)
        {
            var stamp = FileStamp.Of(_path);
            if (stamp != _stamp)
            {
                _keys = Read();
                _stamp = stamp;
            }
            return _keys;
        }
    }

    /// <summary>Makes a key.</summary>
    /// <param name="name">Who or what it is for: 1–100 characters, unique.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="paths">Patterns of the paths it is for, at most 32; null or none is all.</param>
    /// <param name="networks">Networks it may be used from, as <c>192.168.1.0/24</c>, at most 32; null or none is anywhere.</param>
    /// <returns>The key, shown once and never again.</returns>
    /// <exception cref="InvalidOperationException">The name is bad or taken, or the file can't be used; the message is a sentence.</exception>
    public string Create(string name, ApiKeyRole role, IReadOnlyList<string>? paths = null, IReadOnlyList<string>? networks = null)
    {
        if (name.Length is < 1 or > 100 || string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
        {
            throw new InvalidOperationException("A key's name has 1–100 characters.");
        }
        paths = paths is { Count: > 0 } ? paths : null;
        if (paths?.Count > MaxPaths || paths?.FirstOrDefault(p => !PathPattern.IsValid(p)) is not null)
        {
            throw new InvalidOperationException("A key's paths are names like front or garden/*, at most 32.");
        }
        if (paths is not null && (role is ApiKeyRole.Admin or ApiKeyRole.Metrics))
        {
            throw new InvalidOperationException("A key of this role is for every path; leave out --path.");
        }
        networks = networks is { Count: > 0 } ? networks : null;
        if (networks?.Count > MaxPaths || networks?.Any(n => !Networks.IsValid(n)) == true)
        {
            throw new InvalidOperationException($"A key's networks are at most 32. {Networks.Rule}");
        }
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        Change(keys =>
            keys.Any(k => k.Name == name) ? throw new InvalidOperationException($"There is a key called “{name}” already.")
            : keys.Count >= MaxKeys ? throw new InvalidOperationException($"There are {MaxKeys} keys already; remove one.")
            : [.. keys, new ApiKey(name, role, Convert.ToHexStringLower(Hash(key)), time.GetUtcNow(), paths, networks)]
        );
        return key;
    }

    /// <summary>Takes a key back; it is refused from then on.</summary>
    /// <returns>False if there is none of that name.</returns>
    public bool Remove(string name)
    {
        var found = false;
        Change(keys =>
        {
            found = keys.Any(k => k.Name == name);
            return [.. keys.Where(k => k.Name != name)];
        });
        return found;
    }

    /// <summary>Finds whose key was presented. Takes the same time whichever key it is, or none.</summary>
    public ApiKey? Verify(string presented)
    {
        if (presented.Length > 128 || !presented.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var hash = Hash(presented);
        ApiKey? found = null;
        Span<byte> known = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var key in List())
        {
            var whole = Convert.FromHexString(key.Sha256, known, out _, out var written) == System.Buffers.OperationStatus.Done;
            if (whole && written == known.Length && CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = key;
            }
        }
        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private void Change(Func<IReadOnlyList<ApiKey>, ApiKey[]> change)
    {
        lock (_lock)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using var hold = Hold();
            var keys = change(Read());
            AtomicFile.Write(
                _path,
                JsonSerializer.SerializeToUtf8Bytes(new ApiKeyFile(keys), ApiKeyJson.Default.ApiKeyFile),
                ownerOnly: true
            );
            _keys = keys;
            _stamp = FileStamp.Of(_path);
        }
    }

    // One process at a time: an exclusively opened file beside the keys is the lock, and the system lets go of it whatever happens.
    private FileStream Hold()
    {
        var until = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(until) < TimeSpan.FromSeconds(5))
            {
                Thread.Sleep(10);
            }
        }
    }

    private IReadOnlyList<ApiKey> Read()
    {
        if (!File.Exists(_path))
        {
            return [];
        }
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), ApiKeyJson.Default.ApiKeyFile)?.Keys ?? [];
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{_path} can't be read; restore it, or remove it and make new keys.", e);
        }
    }
}
