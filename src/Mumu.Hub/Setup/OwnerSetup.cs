// Makes the first owner by a one-time token that only the terminal shows.
using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Mumu.Hub.Accounts;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Setup;

/// <summary>The outcome of an attempt.</summary>
internal enum SetupOutcome
{
    Done,
    AlreadyDone,
    WrongToken,
    NameTaken,
    EmailTaken,
}

/// <summary>Holds the token only as a hash; making the owner uses it up.</summary>
internal sealed class OwnerSetup(HubDatabase database, AccountStore accounts, Passwords passwords)
{
    /// <summary>A fresh token in place of any earlier one; null when there is an owner already.</summary>
    public async Task<string?> MakeTokenAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        if (await AccountStore.HasOwnerAsync(connection))
        {
            return null;
        }

        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));
        await SettingsTable.WriteAsync(connection, SettingsTable.SetupTokenHash, Hash(token));
        return token;
    }

    public async Task<(SetupOutcome Outcome, Account? Owner)> MakeOwnerAsync(string token, string username, string? email, string password)
    {
        await using (DbConnection reading = await database.OpenAsync())
        {
            if (await RefuseAsync(reading, null, token) is { } early)
            {
                return (early, null);
            }
        }

        // Hashing takes long; the write lock is taken after it, and everything is looked at again.
        string hashedPassword = passwords.Hash(password);
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        if (await RefuseAsync(connection, transaction, token) is { } refused)
        {
            return (refused, null);
        }

        var (owner, conflict) = await accounts.AddAsync(connection, transaction, username, email, hashedPassword, Roles.Owner);
        if (owner is null)
        {
            return (conflict == AccountConflict.Email ? SetupOutcome.EmailTaken : SetupOutcome.NameTaken, null);
        }

        await SettingsTable.DeleteAsync(connection, SettingsTable.SetupTokenHash, transaction);
        await transaction.CommitAsync();
        return (SetupOutcome.Done, owner);
    }

    private static async Task<SetupOutcome?> RefuseAsync(DbConnection connection, DbTransaction? transaction, string token)
    {
        if (await AccountStore.HasOwnerAsync(connection, transaction))
        {
            return SetupOutcome.AlreadyDone;
        }

        string? hash = await SettingsTable.ReadAsync(connection, SettingsTable.SetupTokenHash, transaction);
        bool right =
            hash is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Hash(token)));
        return right ? null : SetupOutcome.WrongToken;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
