// What the terminal may do with the hub's data, inside the running hub or beside it.
using Mumu.Hub.Accounts;
using Mumu.Hub.Audit;
using Mumu.Hub.Devices;
using Mumu.Hub.Http;
using Mumu.Hub.Setup;
using Mumu.Hub.Storage;
using Mumu.Signaling.Rest;

namespace Mumu.Hub;

/// <summary>Safe to use from another process while the hub runs on the same data directory.</summary>
public sealed class HubAdministration
{
    private readonly AccountStore accounts;
    private readonly Passwords passwords;
    private readonly SignIns signIns;
    private readonly OwnerSetup setup;
    private readonly LocalDevice localDevice;
    private readonly AuditLog audit;

    internal HubAdministration(
        AccountStore accounts,
        Passwords passwords,
        SignIns signIns,
        OwnerSetup setup,
        LocalDevice localDevice,
        AuditLog audit
    )
    {
        this.accounts = accounts;
        this.passwords = passwords;
        this.signIns = signIns;
        this.setup = setup;
        this.localDevice = localDevice;
        this.audit = audit;
    }

    /// <summary>Opens the data of a hub that may or may not be running; makes them where there are none.</summary>
    /// <param name="dataDirectory">As in <see cref="HubOptions.DataDirectory"/>.</param>
    /// <param name="time">The system's clock where null.</param>
    /// <exception cref="HubAdministrationException">The key for access tokens is damaged.</exception>
    public static HubAdministration Open(string dataDirectory, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        string directory = HubServices.DirectoryOf(dataDirectory);
        var database = new HubDatabase(directory);
        var options = new HubOptions { DataDirectory = dataDirectory };
        var attempts = new AttemptLimiter(time);
        var audit = new AuditLog(database, attempts, options.Limits, time);
        var accounts = new AccountStore(database, time);
        var passwords = new Passwords(accounts, attempts, options, time);
        var key = new SigningKey(directory);
        key.Load();
        var signIns = new SignIns(database, accounts, new AccessTokens(key, time), audit, options, time);
        var setup = new OwnerSetup(database, accounts, passwords);
        return new HubAdministration(accounts, passwords, signIns, setup, new LocalDevice(database, time), audit);
    }

    /// <summary>Makes an account. The first owner also gets the local device.</summary>
    /// <param name="name">1–64 characters.</param>
    /// <param name="password">8–256 characters.</param>
    /// <param name="role"><c>owner</c>, <c>admin</c> or <c>user</c>.</param>
    /// <exception cref="HubAdministrationException">With a sentence: the name is taken, the password too short, and so on.</exception>
    public async Task<UserInfo> AddUserAsync(string name, string password, string role)
    {
        if (!Roles.IsKnown(role))
        {
            throw new HubAdministrationException($"There is no role \"{role}\": it is owner, admin or user.");
        }

        if (AccountRules.Check(name, null, password) is { } fault)
        {
            throw new HubAdministrationException(fault);
        }

        var (account, _) = await accounts.AddAsync(name, null, passwords.Hash(password), role);
        if (account is null)
        {
            throw new HubAdministrationException($"There is a user \"{name}\" already.");
        }

        await audit.WriteAsync(AuditActions.UserAdded, account.Id, detail: role);
        await localDevice.ClaimAsync();
        return account.ToInfo();
    }

    /// <summary>Every account, in order of making.</summary>
    public async Task<IReadOnlyList<UserInfo>> ListUsersAsync() => [.. (await accounts.ListAsync()).Select(account => account.ToInfo())];

    /// <summary>An access token for scripts, which can't be refreshed.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="lifetime">How long it holds; at most 365 days.</param>
    /// <exception cref="HubAdministrationException">There is no such user.</exception>
    public async Task<string> IssueTokenAsync(string name, TimeSpan lifetime)
    {
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > TimeSpan.FromDays(365))
        {
            throw new HubAdministrationException("A token holds between a second and 365 days.");
        }

        if (await accounts.FindAsync(name) is not { IsActive: true } account)
        {
            throw new HubAdministrationException($"There is no user \"{name}\". \"mumu user list\" shows who there is.");
        }

        await audit.WriteAsync(AuditActions.TokenIssued, account.Id, detail: lifetime.ToString());
        return await signIns.StartForScriptAsync(account, lifetime);
    }

    /// <summary>A fresh one-time set-up token, which replaces any earlier one; null when there is an owner already.</summary>
    public Task<string?> EnsureSetupTokenAsync() => setup.MakeTokenAsync();

    /// <summary>Names the agent that runs beside the hub: the first owner, however and whenever made, owns it.</summary>
    public async Task SetLocalDeviceAsync(string deviceId)
    {
        if (!DeviceRules.IsDeviceId(deviceId))
        {
            throw new ArgumentException("Not a device id.", nameof(deviceId));
        }

        await localDevice.NameAsync(deviceId);
    }
}

/// <summary>The terminal asked for something that can't be; the message is a sentence for people.</summary>
public sealed class HubAdministrationException(string message) : Exception(message);
