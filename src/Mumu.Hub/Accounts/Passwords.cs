// Checks passwords with the framework's hasher, and locks accounts that are being guessed.
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Mumu.Hub.Http;

namespace Mumu.Hub.Accounts;

/// <summary>The outcome of a login.</summary>
internal enum PasswordCheck
{
    Right,
    Wrong,

    /// <summary>Wrong, and the account is locked from now on.</summary>
    WrongAndLocked,

    /// <summary>Not even looked at: the account is locked.</summary>
    Locked,
}

/// <summary>Names without an account behave as those with one, in words and in time, so that names can't be found out.</summary>
internal sealed class Passwords
{
    private static readonly Account Nobody = new();

    private readonly AccountStore accounts;
    private readonly AttemptLimiter attempts;
    private readonly HubLimits limits;
    private readonly TimeProvider time;
    private readonly PasswordHasher<Account> hasher;
    private readonly Lazy<string> nobodysHash;

    public Passwords(AccountStore accounts, AttemptLimiter attempts, HubOptions options, TimeProvider time)
    {
        this.accounts = accounts;
        this.attempts = attempts;
        this.time = time;
        limits = options.Limits;
        hasher = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = options.PasswordIterations }));
        nobodysHash = new Lazy<string>(() => Hash(Guid.NewGuid().ToString()));
    }

    public string Hash(string password) => hasher.HashPassword(Nobody, password);

    /// <summary>Checks a password and keeps the count of wrong ones.</summary>
    /// <param name="account">The account, or null if there is none of this name.</param>
    /// <param name="username">The name as typed.</param>
    /// <param name="password">The password as typed.</param>
    public async Task<(PasswordCheck Check, TimeSpan RetryAfter)> CheckAsync(Account? account, string username, string password)
    {
        if (account is null)
        {
            return CheckNobody(username, password);
        }

        if (Locked(account) is { Ticks: > 0 } rest)
        {
            return (PasswordCheck.Locked, rest);
        }

        PasswordVerificationResult result = hasher.VerifyHashedPassword(account, account.HashedPassword, password);
        if (result == PasswordVerificationResult.Failed || !account.IsActive)
        {
            bool locked = await accounts.CountFailureAsync(account.Id, limits.WrongPasswords, limits.LockOut);
            return (locked ? PasswordCheck.WrongAndLocked : PasswordCheck.Wrong, limits.LockOut);
        }

        // Guesses sent at once all passed the look above: the one that is right must not count either, once the others have locked the account.
        if (await accounts.FindAsync(account.Id) is { } now && Locked(now) is { Ticks: > 0 } lockedMeanwhile)
        {
            return (PasswordCheck.Locked, lockedMeanwhile);
        }

        if (account.FailedLogins > 0 || account.LockedUntil is not null)
        {
            await accounts.ForgetFailuresAsync(account.Id);
        }

        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            await accounts.SetPasswordAsync(account.Id, Hash(password));
        }

        return (PasswordCheck.Right, TimeSpan.Zero);
    }

    private TimeSpan Locked(Account account) =>
        account.LockedUntil is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) - time.GetUtcNow() : TimeSpan.Zero;

    private (PasswordCheck Check, TimeSpan RetryAfter) CheckNobody(string username, string password)
    {
        string name = AccountRules.Key(username);
        string key = $"nobody:{(name.Length > 64 ? name[..64] : name)}";
        if (!attempts.TryTake(key, limits.WrongPasswords, limits.LockOut, out TimeSpan retryAfter))
        {
            return (PasswordCheck.Locked, retryAfter);
        }

        hasher.VerifyHashedPassword(Nobody, nobodysHash.Value, password);
        return (PasswordCheck.Wrong, TimeSpan.Zero);
    }
}
