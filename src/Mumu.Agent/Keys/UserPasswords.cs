// Checks users' passwords without letting anybody use up the processor.
using System.Security.Cryptography;
using System.Text;

namespace Mumu.Agent.Keys;

/// <summary>
/// A hash takes tens of milliseconds by design, and HLS clients show their password with every request: so one that was right is remembered for a while, as a keyed hash, and few are computed at a time. An unknown user costs the same
/// time as a wrong password.
/// </summary>
internal sealed class UserPasswords(TimeProvider time) : IDisposable
{
    private const int MaxRemembered = 1024;
    private const int AtATime = 2;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    private static readonly string Nobody = PasswordHash.Create(RandomNumberGenerator.GetHexString(32));
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _right = [];
    private readonly SemaphoreSlim _places = new(AtATime);

    public async Task<bool> IsRightAsync(string user, string password, string? hash, CancellationToken cancellation)
    {
        if (password.Length > PasswordHash.MaxLength)
        {
            return false;
        }
        // With the hash in it, a password that was changed is forgotten by itself.
        var name = Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{hash}\n{user.Length}\n{user}{password}")));
        if (hash is not null && IsRemembered(name))
        {
            return true;
        }
        await _places.WaitAsync(cancellation).ConfigureAwait(false);
        bool fits;
        try
        {
            fits =
                await Task.Run(() => PasswordHash.Fits(password, hash ?? Nobody), cancellation).ConfigureAwait(false) && hash is not null;
        }
        finally
        {
            _places.Release();
        }
        if (fits)
        {
            Remember(name);
        }
        return fits;
    }

    public void Dispose() => _places.Dispose();

    private bool IsRemembered(string name)
    {
        lock (_gate)
        {
            return _right.TryGetValue(name, out var since) && time.GetElapsedTime(since) < Remembered;
        }
    }

    private void Remember(string name)
    {
        lock (_gate)
        {
            if (_right.Count >= MaxRemembered)
            {
                _right.Clear();
            }
            _right[name] = time.GetTimestamp();
        }
    }
}
