// Guesses that are sent at once, so that each is let in before the others are counted.
using Mumu.Hub.Accounts;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Accounts;

public sealed class PasswordsTests
{
    [Fact]
    public async Task Guesses_on_their_way_when_an_account_is_locked_neither_unlock_it_nor_count()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.AddUserAsync("ada");
        var accounts = hub.Service<AccountStore>();
        var passwords = hub.Service<Passwords>();
        Account asSeenByAll = (await accounts.FindAsync("ada"))!;
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(PasswordCheck.Wrong, await CheckAsync("wrong horse"));
        }

        Assert.Equal(PasswordCheck.WrongAndLocked, await CheckAsync("wrong horse"));
        await CheckAsync("late horse");
        Assert.Equal(PasswordCheck.Locked, await CheckAsync("correct horse"));
        Account now = (await accounts.FindAsync("ada"))!;
        Assert.Equal(hub.Time.GetUtcNow().AddMinutes(15).ToUnixTimeMilliseconds(), now.LockedUntil);

        async Task<PasswordCheck> CheckAsync(string password) => (await passwords.CheckAsync(asSeenByAll, "ada", password)).Check;
    }
}
