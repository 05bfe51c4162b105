// The program with a data folder and ports of its own, on loopback; can be stopped and started again.
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mumu.EndToEnd.Tests.Harness;

internal sealed partial class Installation : IAsyncDisposable
{
    public const string Password = "correct horse 7";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _data = new();
    private readonly string[] _arguments;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Dictionary<string, string> _tokens = [];

    private Installation(string verb, string[] arguments)
    {
        Offset = PortOffsets.Take();
        _arguments =
        [
            verb,
            "--bind",
            "127.0.0.1",
            "--port-offset",
            Offset.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--data",
            _data.Path,
            .. arguments,
        ];
    }

    public int Offset { get; }

    public string DataDirectory => _data.Path;

    public RunningProgram Program { get; private set; } = null!;

    public string Url => $"http://127.0.0.1:{8080 + Offset}";

    public string WhepUrl => $"http://127.0.0.1:{8889 + Offset}";

    /// <summary>The port of existing clients.</summary>
    public string WebSocketUrl => $"ws://127.0.0.1:{8000 + Offset}";

    /// <summary>The address with the one-time token, as the terminal printed it, on 127.0.0.1.</summary>
    public string SetupUrl => $"{Url}/setup#{SetupLink().Match(Program.Output).Groups["token"].Value}";

    public static async Task<Installation> StartAsync(string verb, params string[] arguments)
    {
        var installation = new Installation(verb, arguments);
        await installation.StartAsync();
        return installation;
    }

    /// <summary>Starts, or starts again, on the same data and ports.</summary>
    public async Task StartAsync()
    {
        Program = RunningProgram.Start(_arguments);
        await Program.WaitForAsync(Running(), StartLimit);
    }

    public async Task<TimeSpan> StopAsync()
    {
        var took = await Program.StopAsync();
        return took;
    }

    public Task AddUserAsync(string name, string role) =>
        RunningProgram.RunAsync(["user", "add", name, "--role", role, "--password-stdin", "--data", _data.Path], Password);

    public async Task<string> TokenAsync(string name) =>
        _tokens.TryGetValue(name, out var token)
            ? token
            : _tokens[name] = (await RunningProgram.RunAsync(["token", name, "--data", _data.Path])).Trim();

    /// <summary>Asks the hub's API, as a user or as nobody.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? user = null)
    {
        using var request = new HttpRequestMessage(method, Url + path);
        request.Content = body is null ? null : JsonContent.Create(body);
        if (user is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(user));
        }
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Asks for something that must be there.</summary>
    public async Task<JsonElement> GetAsync(string path, string user)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path, user: user);
        Assert.Equal(200, status);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _http.Dispose();
        _data.Dispose();
    }

    [GeneratedRegex(@"MuMu Camera is running\.[\s\S]*Stop +Ctrl-C")]
    private static partial Regex Running();

    [GeneratedRegex(@"/setup#(?<token>\S+)")]
    private static partial Regex SetupLink();
}
