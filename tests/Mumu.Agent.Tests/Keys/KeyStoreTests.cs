// API keys: shown once, kept hashed, changed by other processes.
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Keys;

public sealed class KeyStoreTests : IDisposable
{
    private readonly DataDirectory _data = new();
    private readonly KeyStore _keys;

    public KeyStoreTests() => _keys = new KeyStore(_data.Path, TimeProvider.System);

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_key_is_known_by_its_hash_only()
    {
        var key = _keys.Create("nvr", ApiKeyRole.Reader);
        Assert.Equal(("nvr", ApiKeyRole.Reader), (_keys.Verify(key)!.Name, _keys.Verify(key)!.Role));
        Assert.DoesNotContain(key[KeyStore.Prefix.Length..], File.ReadAllText(_data.File("agent", "keys.json")), StringComparison.Ordinal);
        Assert.Equal(KeyStore.Prefix.Length + 43, key.Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_data.File("agent", "keys.json")));
        }
    }

    [Fact]
    public void What_is_not_a_key_is_refused()
    {
        Assert.Null(_keys.Verify("mumu_x"));
        var key = _keys.Create("nvr", ApiKeyRole.Reader);
        foreach (
            var wrong in new[]
            {
                "",
                "mumu_",
                key[..^1],
                key + "A",
                key[KeyStore.Prefix.Length..],
                key.ToUpperInvariant(),
                new string('x', 5000),
            }
        )
        {
            Assert.Null(_keys.Verify(wrong));
        }
    }

    [Fact]
    public void A_key_made_or_removed_by_another_process_counts_at_once()
    {
        var other = new KeyStore(_data.Path, TimeProvider.System);
        Assert.Empty(_keys.List());
        var key = other.Create("cli", ApiKeyRole.Admin);
        Assert.Equal(ApiKeyRole.Admin, _keys.Verify(key)?.Role);
        Assert.True(other.Remove("cli"));
        Assert.False(other.Remove("cli"));
        Assert.Null(_keys.Verify(key));
    }

    [Fact]
    public void Two_processes_lose_none_of_each_others_keys()
    {
        var stores = new[] { _keys, new KeyStore(_data.Path, TimeProvider.System) };
        Parallel.For(0, 40, i => stores[i % 2].Create($"k{i}", ApiKeyRole.Reader));
        Assert.Equal(40, new KeyStore(_data.Path, TimeProvider.System).List().Count);
    }

    [Fact]
    public void A_name_is_good_and_unique()
    {
        _keys.Create("nvr", ApiKeyRole.Reader);
        foreach (var name in new[] { "nvr", "", " ", "a\nb", new string('x', 101) })
        {
            Assert.Throws<InvalidOperationException>(() => _keys.Create(name, ApiKeyRole.Reader));
        }
        Assert.Single(_keys.List());
    }

    [Fact]
    public void A_key_may_be_for_some_paths_only()
    {
        var key = _keys.Create("gate", ApiKeyRole.Publisher, ["gate", "garden/*"]);
        Assert.Equal(["gate", "garden/*"], new KeyStore(_data.Path, TimeProvider.System).Verify(key)!.Paths!);
        Assert.Null(_keys.Verify(_keys.Create("all", ApiKeyRole.Reader, []))!.Paths);
        foreach (var bad in new[] { "", "a b", "/gate", "%2e", "a\0", new string('x', 201) })
        {
            Assert.Throws<InvalidOperationException>(() => _keys.Create("x", ApiKeyRole.Reader, [bad]));
        }
        Assert.Throws<InvalidOperationException>(() => _keys.Create("x", ApiKeyRole.Admin, ["gate"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"keys\":[{\"name\":\"x\"}]}")]
    public void A_damaged_file_is_told_and_not_written_over(string text)
    {
        Directory.CreateDirectory(_data.File("agent"));
        var path = _data.File("agent", "keys.json");
        File.WriteAllText(path, text);
        Assert.Contains(
            path,
            Assert.Throws<InvalidOperationException>(() => _keys.Create("x", ApiKeyRole.Admin)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(text, File.ReadAllText(path));
    }
}
