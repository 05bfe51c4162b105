// A whole hub on a loopback port, with its own data directory and a manual clock.
using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Tests.Hosting;

public sealed class HubHost : IAsyncDisposable
{
    private readonly bool ownsDirectory;
    private WebApplication? app;

    private HubHost(string directory, ManualTime time, bool ownsDirectory)
    {
        Directory = directory;
        Time = time;
        this.ownsDirectory = ownsDirectory;
    }

    public string Directory { get; }
    public ManualTime Time { get; }
    public LogCollector Log { get; } = new();
    public Uri Address { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;
    public HubAdministration Administration => app!.Services.GetRequiredService<HubAdministration>();

    public static async Task<HubHost> StartAsync(Func<HubOptions, HubOptions>? configure = null, HubHost? successorOf = null)
    {
        string directory = successorOf?.Directory ?? System.IO.Directory.CreateTempSubdirectory("mumu-hub-").FullName;
        var host = new HubHost(directory, successorOf?.Time ?? new ManualTime(), successorOf is null);
        var options = new HubOptions
        {
            DataDirectory = directory,
            Version = "1.2.3",
            PasswordIterations = 1000,
        };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(host.Log);
        builder.Services.AddSingleton<TimeProvider>(host.Time);
        builder.Services.AddMumuHub(configure?.Invoke(options) ?? options);
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapMumuHub();
        app.MapMumuHubRoot();
        await app.StartAsync();
        host.app = app;
        host.Address = new Uri(app.Urls.Single());
        host.Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = host.Address };
        return host;
    }

    public T Service<T>()
        where T : notnull => app!.Services.GetRequiredService<T>();

    /// <summary>A client with cookies, as a browser has them.</summary>
    public HttpClient Browser() =>
        new(new SocketsHttpHandler { UseCookies = true, CookieContainer = new CookieContainer() }) { BaseAddress = Address };

    public async Task<Reply> SendAsync(
        HttpMethod method,
        string path,
        object? body = null,
        string? token = null,
        HttpClient? client = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await (client ?? Http).SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Reply(
            (int)response.StatusCode,
            text,
            response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single() : null,
            response.Headers.RetryAfter?.Delta
        );
    }

    public Task<Reply> PostAsync(string path, object? body = null, string? token = null, HttpClient? client = null) =>
        SendAsync(HttpMethod.Post, path, body, token, client);

    public Task<Reply> GetAsync(string path, string? token = null, HttpClient? client = null) =>
        SendAsync(HttpMethod.Get, path, null, token, client);

    /// <summary>A user made at the terminal, with a token that outlives the test's jumps in time.</summary>
    public async Task<string> AddUserAsync(string name, string role = "user")
    {
        await Administration.AddUserAsync(name, "correct horse", role);
        return await Administration.IssueTokenAsync(name, TimeSpan.FromDays(30));
    }

    public async Task<T> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using DbConnection connection = await Service<HubDatabase>().OpenAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task StopAsync()
    {
        if (app is not null)
        {
            Http.Dispose();
            await app.StopAsync(TestContext.Current.CancellationToken);
            await app.DisposeAsync();
            app = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}

public sealed record Reply(int Status, string Text, string? Cookie, TimeSpan? RetryAfter)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Detail => (string?)Json["detail"];

    public string Names => string.Join(',', Json.AsObject().Select(property => property.Key));
}
