// Accounts over REST.
using System.Text;
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Rest;

public sealed class AccountsTests
{
    private static readonly object Ada = new
    {
        username = "ada",
        email = "ada@example.org",
        password = "correct horse",
    };

    [Fact]
    public async Task Register_gives_what_existing_clients_expect()
    {
        await using HubHost hub = await HubHost.StartAsync();
        Reply reply = await hub.PostAsync("/api/auth/register", Ada);
        Assert.Equal(201, reply.Status);
        Assert.Equal("access_token,token_type,expires_in,user", reply.Names);
        Assert.Equal("bearer", (string?)reply.Json["token_type"]);
        Assert.Equal(900, (int)reply.Json["expires_in"]!);
        Assert.Equal("""{"id":1,"username":"ada","email":"ada@example.org","role":"user"}""", reply.Json["user"]!.ToJsonString());

        JsonNode claims = Claims((string)reply.Json["access_token"]!);
        Assert.Equal(1, (long)claims["user_id"]!);
        Assert.Equal("ada", (string?)claims["username"]);
        Assert.Equal(hub.Time.GetUtcNow().ToUnixTimeSeconds() + 900, (long)claims["exp"]!);
    }

    [Theory]
    [InlineData("ADA", "other@example.org", "Username already registered")]
    [InlineData("bob", "Ada@Example.org", "Email already registered")]
    public async Task A_second_account_of_the_same_name_or_address_is_refused(string username, string email, string detail)
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.PostAsync("/api/auth/register", Ada);
        Reply reply = await hub.PostAsync(
            "/api/auth/register",
            new
            {
                username,
                email,
                password = "correct horse",
            }
        );
        Assert.Equal((400, detail), (reply.Status, reply.Detail));
    }

    [Fact]
    public async Task Of_many_that_register_one_name_at_once_one_wins()
    {
        await using HubHost hub = await HubHost.StartAsync();
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hub.PostAsync("/api/auth/register", Ada)));
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Equal(7, replies.Count(reply => reply.Status == 400));
    }

    [Theory]
    [InlineData("""{"username":"","password":"correct horse"}""", 422, "Please give a user name.")]
    [InlineData(
        """{"username":"a\u0000b","password":"correct horse"}""",
        422,
        "The user name must not hold control or invisible characters or begin or end with a space."
    )]
    [InlineData(
        """{"username":"\u202enimda","password":"correct horse"}""",
        422,
        "The user name must not hold control or invisible characters or begin or end with a space."
    )]
    [InlineData("""{"username":"a","password":"short"}""", 422, "The password is too short: it needs at least 8 characters.")]
    [InlineData("""{"username":"a","password":"correct horse","email":"nonsense"}""", 422, "This is not an e-mail address.")]
    [InlineData("""{"username":5}""", 400, "The request is not the JSON object this address expects.")]
    [InlineData("nonsense", 400, "The request is not the JSON object this address expects.")]
    [InlineData("null", 400, "The request is not the JSON object this address expects.")]
    [InlineData("[]", 400, "The request is not the JSON object this address expects.")]
    [InlineData("", 400, "The request is not the JSON object this address expects.")]
    public async Task Bad_input_is_refused_in_words(string body, int status, string detail)
    {
        await using HubHost hub = await HubHost.StartAsync();
        Reply reply = await hub.PostAsync("/api/auth/register", body);
        Assert.Equal((status, detail), (reply.Status, reply.Detail));
    }

    [Fact]
    public async Task Bodies_and_fields_without_end_are_refused()
    {
        await using HubHost hub = await HubHost.StartAsync();
        Assert.Equal(413, (await hub.PostAsync("/api/auth/login", "{\"username\":\"" + new string('a', 70_000) + "\"}")).Status);
        Reply beyondServer = await hub.SendAsync(
            HttpMethod.Post,
            "/api/auth/login",
            new string('a', 31_000_000),
            headers: ("Expect", "100-continue")
        );
        Assert.Equal((413, "The request is too large."), (beyondServer.Status, beyondServer.Detail));
        Assert.Equal(
            422,
            (await hub.PostAsync("/api/auth/register", new { username = new string('a', 65), password = "correct horse" })).Status
        );
        Assert.Equal(422, (await hub.PostAsync("/api/auth/register", new { username = "a", password = new string('a', 257) })).Status);
        Assert.Equal(
            401,
            (await hub.PostAsync("/api/auth/login", new { username = new string('a', 5000), password = "correct horse" })).Status
        );
    }

    [Theory]
    [InlineData("Zo\u00eb", "ZO\u00cb")]
    [InlineData("\u65e5\u672c", "\u65e5\u672c")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    public async Task Names_of_all_scripts_are_names(string name, string typed)
    {
        await using HubHost hub = await HubHost.StartAsync();
        Reply made = await hub.PostAsync("/api/auth/register", new { username = name, password = "correct horse" });
        Assert.Equal((201, name), (made.Status, (string?)made.Json["user"]!["username"]));
        Assert.Equal(200, (await hub.PostAsync("/api/auth/login", new { username = typed, password = "correct horse" })).Status);
        Assert.Equal(400, (await hub.PostAsync("/api/auth/login", """{"username":"\ud800","password":"correct horse"}""")).Status);
    }

    [Fact]
    public async Task Login_takes_the_right_password_and_no_other()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.PostAsync("/api/auth/register", Ada);
        Assert.Equal(200, (await hub.PostAsync("/api/auth/login", new { username = "Ada", password = "correct horse" })).Status);
        Reply wrong = await hub.PostAsync("/api/auth/login", new { username = "ada", password = "wrong horse" });
        Reply nobody = await hub.PostAsync("/api/auth/login", new { username = "nobody", password = "wrong horse" });
        Assert.Equal((401, "Wrong user name or password."), (wrong.Status, wrong.Detail));
        Assert.Equal((wrong.Status, wrong.Text), (nobody.Status, nobody.Text));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("nobody")]
    public async Task Ten_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(string username)
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.PostAsync("/api/auth/register", Ada);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(401, (await hub.PostAsync("/api/auth/login", new { username, password = "wrong horse" })).Status);
        }

        Reply locked = await hub.PostAsync("/api/auth/login", new { username, password = "correct horse" });
        Assert.Equal(429, locked.Status);
        Assert.Equal("Too many wrong passwords: this account is locked for a while. Try again in 15 minutes.", locked.Detail);
        Assert.Equal(TimeSpan.FromMinutes(15), locked.RetryAfter);

        hub.Time.Advance(TimeSpan.FromMinutes(15));
        int expected = username == "ada" ? 200 : 401;
        Assert.Equal(expected, (await hub.PostAsync("/api/auth/login", new { username, password = "correct horse" })).Status);
    }

    [Fact]
    public async Task A_right_password_starts_the_count_over()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.PostAsync("/api/auth/register", Ada);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 9; i++)
            {
                Assert.Equal(401, (await hub.PostAsync("/api/auth/login", new { username = "ada", password = "wrong horse" })).Status);
            }

            Assert.Equal(200, (await hub.PostAsync("/api/auth/login", new { username = "ada", password = "correct horse" })).Status);
        }
    }

    [Fact]
    public async Task Logins_from_one_address_are_limited()
    {
        await using HubHost hub = await HubHost.StartAsync(options => options with { Limits = new HubLimits { LoginsPerMinute = 2 } });
        object login = new { username = "nobody", password = "wrong horse" };
        Assert.Equal(401, (await hub.PostAsync("/api/auth/login", login)).Status);
        Assert.Equal(401, (await hub.PostAsync("/api/auth/login", login)).Status);
        Reply limited = await hub.PostAsync("/api/auth/login", login);
        Assert.Equal((429, "Too many logins from this address. Try again in 60 seconds."), (limited.Status, limited.Detail));
    }

    [Fact]
    public async Task Closed_registration_says_whom_to_ask()
    {
        await using HubHost hub = await HubHost.StartAsync(options => options with { IsRegistrationOpen = false });
        Reply reply = await hub.PostAsync("/api/auth/register", Ada);
        Assert.Equal((403, "New accounts are closed here. Ask the owner to add you."), (reply.Status, reply.Detail));
    }

    [Fact]
    public async Task Me_needs_a_token_that_holds()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = (string)(await hub.PostAsync("/api/auth/register", Ada)).Json["access_token"]!;
        Assert.Equal(
            """{"id":1,"username":"ada","email":"ada@example.org","role":"user"}""",
            (await hub.GetAsync("/api/auth/me", token)).Text
        );
        Assert.Equal("Not authenticated", await RefusalAsync(hub, null));
        Assert.Equal("Invalid token", await RefusalAsync(hub, "nonsense"));
        Assert.Equal("Invalid token", await RefusalAsync(hub, token[..^1]));
        Assert.Equal(
            "Invalid token",
            await RefusalAsync(hub, Forge(token, header: """{"alg":"none","typ":"JWT"}""", keepSignature: false))
        );
        Assert.Equal(
            "Invalid token",
            await RefusalAsync(hub, Forge(token, header: """{"alg":"HS512","typ":"JWT"}""", keepSignature: true))
        );
        Assert.Equal("Invalid token", await RefusalAsync(hub, Forge(token, payload: """{"user_id":2}""", keepSignature: true)));
        hub.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("Invalid token", await RefusalAsync(hub, token));
    }

    [Fact]
    public async Task Every_truncation_and_mutation_of_a_token_is_refused()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = await hub.AddUserAsync("ada");
        var tokens = hub.Service<Mumu.Hub.Accounts.AccessTokens>();
        Assert.NotNull(tokens.Read(token));
        var random = new Random(7);
        for (int length = 0; length < token.Length; length++)
        {
            Assert.Null(tokens.Read(token[..length]));
            char[] mutated = token.ToCharArray();
            mutated[length] = (char)(mutated[length] ^ (1 << random.Next(0, 7)));
            AccessRead(tokens, new string(mutated), token);
        }

        static void AccessRead(Mumu.Hub.Accounts.AccessTokens tokens, string mutated, string original)
        {
            // The last character of a base64url text may hold unused bits; anything else must be noticed.
            Assert.True(tokens.Read(mutated) is null || mutated[..^1] == original[..^1]);
        }
    }

    [Fact]
    public async Task A_token_in_the_query_is_taken_on_the_old_routes_only_and_never_logged()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = await hub.AddUserAsync("ada");
        Assert.Equal(200, (await hub.GetAsync($"/api/devices?token={token}")).Status);
        Assert.Equal(404, (await hub.GetAsync($"/api/devices/x/status?token={token}")).Status);
        Assert.Equal(401, (await hub.SendAsync(HttpMethod.Delete, $"/api/devices/x?token={token}")).Status);
        Assert.DoesNotContain(token, hub.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", hub.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<string?> RefusalAsync(HubHost hub, string? token)
    {
        Reply reply = await hub.GetAsync("/api/auth/me", token);
        Assert.Equal(401, reply.Status);
        return reply.Detail;
    }

    private static JsonNode Claims(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;

    private static string Forge(string token, string? header = null, string? payload = null, bool keepSignature = true)
    {
        string[] parts = token.Split('.');
        string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
        return $"{(header is null ? parts[0] : Encode(header))}.{(payload is null ? parts[1] : Encode(payload))}.{(keepSignature ? parts[2] : "")}";
    }
}
