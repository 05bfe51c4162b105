// Refresh, reuse, logout, password change.
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Rest;

public sealed class SignInTests
{
    private static readonly object Login = new { username = "ada", password = "correct horse" };

    [Fact]
    public async Task The_refresh_token_is_a_cookie_that_scripts_cannot_read()
    {
        await using HubHost hub = await StartAsync();
        Reply login = await hub.PostAsync("/api/auth/login", Login);
        Assert.StartsWith("mumu_refresh=", login.Cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/api/auth; samesite=strict; httponly", login.Cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", login.Cookie, StringComparison.Ordinal); // Plain HTTP here.
        Assert.Equal(
            0,
            await hub.QueryAsync<long>("SELECT COUNT(*) FROM refresh_tokens WHERE hash = @Value", new { Value = Value(login) })
        );
    }

    [Fact]
    public async Task Refresh_rotates_the_token_and_gives_the_body_of_login()
    {
        await using HubHost hub = await StartAsync();
        using HttpClient browser = hub.Browser();
        Reply login = await hub.PostAsync("/api/auth/login", Login, client: browser);
        for (int i = 0; i < 3; i++)
        {
            hub.Time.Advance(TimeSpan.FromMinutes(14));
            Reply refreshed = await hub.PostAsync("/api/auth/refresh", client: browser);
            Assert.Equal(200, refreshed.Status);
            Assert.Equal(login.Names, refreshed.Names);
            Assert.Equal(200, (await hub.GetAsync("/api/auth/me", (string)refreshed.Json["access_token"]!)).Status);
        }
    }

    [Fact]
    public async Task A_used_token_that_comes_back_ends_the_whole_sign_in()
    {
        await using HubHost hub = await StartAsync();
        Reply login = await hub.PostAsync("/api/auth/login", Login);
        Reply refreshed = await RefreshAsync(hub, Value(login));
        Assert.Equal(200, refreshed.Status);
        hub.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(401, (await RefreshAsync(hub, Value(login))).Status);
        Assert.Equal(401, (await RefreshAsync(hub, Value(refreshed))).Status);
        Assert.Equal(401, (await hub.GetAsync("/api/auth/me", (string)refreshed.Json["access_token"]!)).Status);
        Assert.Equal(1, await hub.QueryAsync<long>("SELECT COUNT(*) FROM audit_log WHERE action = 'refresh_token_reused'"));
    }

    [Fact]
    public async Task Tabs_that_refresh_at_the_same_moment_all_succeed()
    {
        await using HubHost hub = await StartAsync();
        Reply login = await hub.PostAsync("/api/auth/login", Login);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RefreshAsync(hub, Value(login))));
        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(200, (await RefreshAsync(hub, Value(replies[3]))).Status);
    }

    [Fact]
    public async Task A_sign_in_unused_for_a_month_is_over()
    {
        await using HubHost hub = await StartAsync();
        Reply login = await hub.PostAsync("/api/auth/login", Login);
        hub.Time.Advance(TimeSpan.FromDays(30));
        Reply refused = await RefreshAsync(hub, Value(login));
        Assert.Equal((401, "Please sign in again."), (refused.Status, refused.Detail));
    }

    [Fact]
    public async Task Nonsense_and_nothing_do_not_refresh()
    {
        await using HubHost hub = await StartAsync();
        Assert.Equal(401, (await hub.PostAsync("/api/auth/refresh")).Status);
        Assert.Equal(401, (await RefreshAsync(hub, "nonsense")).Status);
        Assert.Equal(401, (await RefreshAsync(hub, new string('a', 4000))).Status);
    }

    [Fact]
    public async Task Logout_ends_access_and_refresh_at_once()
    {
        await using HubHost hub = await StartAsync();
        Reply login = await hub.PostAsync("/api/auth/login", Login);
        string token = (string)login.Json["access_token"]!;
        Reply logout = await hub.PostAsync("/api/auth/logout", token: token);
        Assert.Equal(204, logout.Status);
        Assert.Contains("mumu_refresh=;", logout.Cookie, StringComparison.Ordinal);
        Assert.Equal(401, (await hub.GetAsync("/api/auth/me", token)).Status);
        Assert.Equal(401, (await RefreshAsync(hub, Value(login))).Status);
    }

    [Fact]
    public async Task Logout_by_cookie_alone_is_enough()
    {
        await using HubHost hub = await StartAsync();
        using HttpClient browser = hub.Browser();
        Reply login = await hub.PostAsync("/api/auth/login", Login, client: browser);
        Assert.Equal(204, (await hub.PostAsync("/api/auth/logout", client: browser)).Status);
        Assert.Equal(401, (await hub.GetAsync("/api/auth/me", (string)login.Json["access_token"]!)).Status);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sign_ins()
    {
        await using HubHost hub = await StartAsync();
        string here = (string)(await hub.PostAsync("/api/auth/login", Login)).Json["access_token"]!;
        Reply elsewhere = await hub.PostAsync("/api/auth/login", Login);
        Reply wrong = await hub.PostAsync(
            "/api/auth/password",
            new { current_password = "wrong horse", new_password = "battery staple" },
            here
        );
        Assert.Equal((403, "The current password is wrong."), (wrong.Status, wrong.Detail));
        Assert.Equal(
            422,
            (await hub.PostAsync("/api/auth/password", new { current_password = "correct horse", new_password = "x" }, here)).Status
        );
        Reply done = await hub.PostAsync(
            "/api/auth/password",
            new { current_password = "correct horse", new_password = "battery staple" },
            here
        );
        Assert.Equal(204, done.Status);
        Assert.Equal(200, (await hub.GetAsync("/api/auth/me", here)).Status);
        Assert.Equal(401, (await hub.GetAsync("/api/auth/me", (string)elsewhere.Json["access_token"]!)).Status);
        Assert.Equal(401, (await RefreshAsync(hub, Value(elsewhere))).Status);
        Assert.Equal(401, (await hub.PostAsync("/api/auth/login", Login)).Status);
        Assert.Equal(200, (await hub.PostAsync("/api/auth/login", new { username = "ada", password = "battery staple" })).Status);
    }

    [Fact]
    public async Task Old_sign_ins_are_forgotten_in_time()
    {
        await using HubHost hub = await StartAsync();
        await hub.PostAsync("/api/auth/login", Login);
        hub.Time.Advance(TimeSpan.FromDays(32));
        await Eventually.IsAsync(0L, () => hub.QueryAsync<long>("SELECT COUNT(*) FROM refresh_tokens"));
    }

    private static async Task<HubHost> StartAsync()
    {
        HubHost hub = await HubHost.StartAsync();
        await hub.Administration.AddUserAsync("ada", "correct horse", "user");
        return hub;
    }

    private static string Value(Reply reply) => reply.Cookie!.Split('=', ';')[1];

    private static Task<Reply> RefreshAsync(HubHost hub, string value) =>
        hub.SendAsync(HttpMethod.Post, "/api/auth/refresh", headers: ("Cookie", $"mumu_refresh={value}"));
}
