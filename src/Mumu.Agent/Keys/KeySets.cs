// The public keys with which others' tokens are signed, from an address or a file.
using Microsoft.IdentityModel.Tokens;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Keys;

/// <summary>
/// Keeps a key set (RFC 7517) and fetches it again when it is old, or when a token names a key it has not, but then at most twice a minute: whoever invents key names makes no traffic. While it can't be
/// fetched, the old one counts.
/// </summary>
internal sealed class KeySets(SettingsStore settings, TimeProvider time) : IDisposable
{
    private const int MaxBytes = 128 * 1024;
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly HttpClient _http = new(Outbound.Handler(settings), disposeHandler: true) { MaxResponseContentBufferSize = MaxBytes };
    private readonly SemaphoreSlim _gate = new(1);
    private string? _place;
    private IReadOnlyList<SecurityKey> _keys = [];
    private long? _tried;
    private long? _fetched;

    /// <summary>The keys of that name; all of them for a token that names none. None where there is no such key.</summary>
    public async Task<IReadOnlyList<SecurityKey>> FindAsync(string place, string keyId, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_place != place)
            {
                (_place, _keys, _tried, _fetched) = (place, [], null, null);
            }
            var found = Find(keyId);
            var isOld = _fetched is not { } fetched || time.GetElapsedTime(fetched) >= MaxAge;
            if ((isOld || found.Count == 0) && (_tried is not { } tried || time.GetElapsedTime(tried) >= Pause))
            {
                _tried = time.GetTimestamp();
                if (await ReadAsync(place, cancellation).ConfigureAwait(false) is { } keys)
                {
                    (_keys, _fetched) = (keys, time.GetTimestamp());
                    found = Find(keyId);
                }
            }
            return found;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    private IReadOnlyList<SecurityKey> Find(string keyId) => keyId.Length == 0 ? _keys : [.. _keys.Where(k => k.KeyId == keyId)];

    private async Task<IReadOnlyList<SecurityKey>?> ReadAsync(string place, CancellationToken cancellation)
    {
        try
        {
            string text;
            if (place.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                using var limit = new CancellationTokenSource(Limit, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
                text = await _http.GetStringAsync(place, either.Token).ConfigureAwait(false);
            }
            else
            {
                text = new FileInfo(place).Length <= MaxBytes ? await File.ReadAllTextAsync(place, cancellation).ConfigureAwait(false) : "";
            }
            // Only keys of two parts: a secret in a public list would sign whatever anybody likes.
            return
            [
                .. new JsonWebKeySet(text)
                    .GetSigningKeys()
                    .Where(k => k is RsaSecurityKey or ECDsaSecurityKey or JsonWebKey { Kty: "RSA" or "EC" }),
            ];
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or UnauthorizedAccessException or ArgumentException or OperationCanceledException
                && !cancellation.IsCancellationRequested
            )
        {
            return null; // The old keys count on; without any, no token does.
        }
    }
}
