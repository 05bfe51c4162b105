// The external service that decides: what it is told, what its answers mean, and that silence is a no.
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Keys;

public sealed class HookAccessTests : IAsyncLifetime
{
    private readonly DataDirectory _data = new();
    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<JsonNode> _asked = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _service = null!;
    private int _reached;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _service = builder.Build();
        _service.MapPost("/decide", DecideAsync);
        _service.MapPost("/redirect", () => Results.Redirect("/yes", permanent: false, preserveMethod: true));
        _service.MapPost("/yes", () => Interlocked.Increment(ref _reached));
        _service.MapPost("/silent", () => _release.Task);
        await _service.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _release.SetResult();
        await _service.DisposeAsync();
        _data.Dispose();
    }

    private async Task<IResult> DecideAsync(HttpRequest request)
    {
        var question = (await JsonNode.ParseAsync(request.Body))!;
        _asked.Enqueue(question);
        return (string?)question["user"] == "good" ? Results.NoContent() : Results.Unauthorized();
    }

    private Access Open(string path) =>
        new(
            new KeyStore(_data.Path, _time),
            _data.Open($$"""{ "access": { "hook": { "url": "{{_service.Urls.Single()}}{{path}}", "timeoutSeconds": 1 } } }"""),
            _time
        );

    private static ValueTask<AccessDecision> AskAsync(Access access, string? user, AccessAction action = AccessAction.Publish) =>
        access.DecideAsync(
            new AccessRequest(user is null ? null : new Credentials(user, "word"), IPAddress.Parse("::ffff:10.0.0.9"), action, "obs/live")
            {
                Protocol = "rtmp",
                Query = "a=b",
            },
            TestContext.Current.CancellationToken
        );

    [Fact]
    public async Task It_is_told_who_wants_what_and_its_answer_counts_for_a_while()
    {
        var access = Open("/decide");
        Assert.Equal((true, "good"), ((await AskAsync(access, "good")).IsGranted, (await AskAsync(access, "good")).Key!.Name));
        Assert.Equal(AccessOutcome.WrongKey, (await AskAsync(access, "bad")).Outcome);
        Assert.Equal(AccessOutcome.NoKey, (await AskAsync(access, null)).Outcome);
        Assert.Equal(3, _asked.Count);
        Assert.True(_asked.TryPeek(out var question));
        Assert.Equal(
            """{"user":"good","password":"word","token":"","ip":"10.0.0.9","action":"publish","path":"obs/live","protocol":"rtmp","id":null,"query":"a=b"}""",
            question.ToJsonString()
        );
        Assert.True((await AskAsync(access, "good", AccessAction.Read)).IsGranted); // another question
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await AskAsync(access, "good")).IsGranted);
        Assert.Equal(5, _asked.Count);
    }

    [Fact]
    public async Task Keys_and_users_are_known_without_it()
    {
        var access = Open("/decide");
        var key = new KeyStore(_data.Path, _time).Create("admin", ApiKeyRole.Admin);
        var request = new AccessRequest(new Credentials("any", key), IPAddress.Loopback, AccessAction.Api);
        Assert.True((await access.DecideAsync(request, TestContext.Current.CancellationToken)).IsGranted);
        var wrong = new AccessRequest(new Credentials("good", $"{KeyStore.Prefix}wrong"), IPAddress.Loopback, AccessAction.Api);
        Assert.Equal(AccessOutcome.WrongKey, (await access.DecideAsync(wrong, TestContext.Current.CancellationToken)).Outcome);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_redirect_is_a_no_and_is_not_followed()
    {
        Assert.False((await AskAsync(Open("/redirect"), "good")).IsGranted);
        Assert.Equal(0, _reached);
        Assert.True((await AskAsync(Open("/yes"), "good")).IsGranted);
    }

    [Fact]
    public async Task Silence_and_a_dead_service_are_a_no()
    {
        var asking = AskAsync(Open("/silent"), "good").AsTask();
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return asking.IsCompleted;
            },
            "the question is given up"
        );
        Assert.False((await asking).IsGranted);
        var access = Open("/decide");
        await _service.StopAsync(TestContext.Current.CancellationToken);
        Assert.False((await AskAsync(access, "good")).IsGranted);
    }
}
