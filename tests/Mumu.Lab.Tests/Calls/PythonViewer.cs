// A call by aiortc (Clients/watch.py) from a home.
using System.Text.Json;
using System.Text.RegularExpressions;
using Mumu.Lab.Tests.Networks;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Calls;

internal static partial class PythonViewer
{
    private const int Frames = 30;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(70);
    private static readonly string s_client = Path.Combine(Repository.Root, "tests", "Mumu.Lab.Tests", "Clients", "watch.py");

    /// <summary>Watches a device until frames keep coming, or it failed.</summary>
    /// <param name="home">From where.</param>
    /// <param name="hub">Over which hub.</param>
    /// <param name="deviceId">Which device.</param>
    /// <param name="turn">By what it may speak to TURN servers: udp, tcp or tls.</param>
    /// <param name="isDirectExpected">Whether it plays on until its path is a direct one.</param>
    /// <param name="certificate">Whom it trusts.</param>
    public static async Task<CallResult> CallAsync(
        Home home,
        Hub hub,
        string deviceId,
        string turn,
        bool isDirectExpected,
        Certificate certificate
    )
    {
        // Debian's own Python has aiortc; another one earlier in PATH would not.
        await using var client = LabProcess.Start(
            home.Host,
            "/usr/bin/python3",
            [s_client, $"{hub.WebSocketUrl}/ws/viewer", deviceId, turn, $"{Frames}", isDirectExpected ? "direct" : "any"],
            new Dictionary<string, string>
            {
                ["SSL_CERT_FILE"] = certificate.Path,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["PYTHONUNBUFFERED"] = "1",
            },
            hub.Token
        );
        try
        {
            await client.WaitForAsync(Ended(), Limit);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            return new CallResult(false, false, "", null, e.Message);
        }
        var account = client.Output;
        if (!Find(account, "playing", out var playing))
        {
            return new CallResult(false, false, "", null, account);
        }
        var pair = playing.GetProperty("pair");
        var (local, remote) = (pair.GetProperty("local").GetString()!, pair.GetProperty("remote").GetString()!);
        var isRelayed = CallResult.IsRelay(local, remote, pair.GetProperty("remote_address").GetString());
        var first = Find(account, "first_frame", out var frame) ? frame.GetProperty("seconds").GetDouble() : (double?)null;
        return new CallResult(true, isRelayed, $"{local} / {remote}", first is { } s ? TimeSpan.FromSeconds(s) : null, account);
    }

    private static bool Find(string account, string name, out JsonElement found)
    {
        foreach (
            var line in account.Split('\n').Where(l => l.StartsWith($$"""{"event": "{{name}}" """.TrimEnd(), StringComparison.Ordinal))
        )
        {
            found = JsonDocument.Parse(line).RootElement;
            return true;
        }
        found = default;
        return false;
    }

    [GeneratedRegex("\"event\": \"(playing|failed)\"")]
    private static partial Regex Ended();
}
