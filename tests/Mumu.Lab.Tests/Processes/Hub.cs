// `mumu hub` on a public address, with one user, who owns every device of the lab.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Processes;

internal sealed partial class Hub : IAsyncDisposable
{
    public const string UserName = "olive";
    public const string Password = "correct horse 7";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _data;
    private readonly LabProcess _process;
    private readonly HttpClient _http;

    private Hub(NetworkNamespace inside, string address, LabProcess process, TemporaryFolder data)
    {
        (_process, _data) = (process, data);
        Url = $"http://{address}:443";
        WebSocketUrl = $"ws://{address}:443";
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, end) => await inside.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), 443), end),
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>On port 443, so that the narrowest firewall lets it through.</summary>
    public string Url { get; }

    public string WebSocketUrl { get; }

    /// <summary>The access token of the user.</summary>
    public string Token { get; private set; } = "";

    public string Output => _process.Output;

    /// <param name="inside">Where it runs.</param>
    /// <param name="address">Its public address.</param>
    /// <param name="settings">Members of the setting <c>hub</c>.</param>
    /// <param name="certificate">Whom it trusts.</param>
    public static async Task<Hub> StartAsync(NetworkNamespace inside, string address, object settings, Certificate certificate)
    {
        var data = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(data.Path, "mumu.json"),
            JsonSerializer.Serialize(new { ports = new { web = 443 }, hub = settings })
        );
        var process = MumuProgram.Start(inside, ["hub", "--bind", address, "--data", data.Path], certificate);
        var hub = new Hub(inside, address, process, data);
        await process.WaitForAsync(Running(), StartLimit);
        var token = SetupLink().Match(process.Output).Groups["token"].Value;
        var account = await hub.PostAsync(
            "/api/setup",
            new
            {
                setup_token = token,
                username = UserName,
                password = Password,
            }
        );
        hub.Token = account.GetProperty("access_token").GetString()!;
        hub._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token);
        return hub;
    }

    /// <summary>The user pairs the device that shows this code; its id.</summary>
    public async Task<string> PairAsync(string code)
    {
        var paired = await PostAsync("/api/devices/pair", new { pairing_code = code });
        return paired.GetProperty("device").GetProperty("device_id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _data.Dispose();
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var reply = await _http.PostAsJsonAsync(path, body);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{path}: {reply.StatusCode} {text}\n{Output}");
        return JsonDocument.Parse(text).RootElement;
    }

    [GeneratedRegex(@"/setup#(?<token>\S+)")]
    private static partial Regex SetupLink();

    [GeneratedRegex(@"MuMu Camera is running\.[\s\S]*Stop +Ctrl-C")]
    private static partial Regex Running();
}
