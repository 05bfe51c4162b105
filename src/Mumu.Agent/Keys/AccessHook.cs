// Asks an external service whether somebody may do something.
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Keys;

/// <summary>What the service is told: the fields media servers' clients know.</summary>
internal sealed record HookQuestion(
    string User,
    string Password,
    string Token,
    string Ip,
    string Action,
    string Path,
    string Protocol,
    Guid? Id,
    string Query
);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HookQuestion))]
internal sealed partial class HookJson : JsonSerializerContext;

/// <summary>
/// Lets in with 200–299. Any other answer, a redirect, silence beyond the limit, and too many questions at once are a no. An answer is kept for a short while, under a keyed hash of the question.
/// </summary>
internal sealed class AccessHook(SettingsStore settings, TimeProvider time) : IDisposable
{
    private const int AtATime = 32;
    private const int MaxKept = 1024;
    private readonly HttpClient _http = new(Outbound.Handler(settings), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SemaphoreSlim _places = new(AtATime);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (bool Allowed, long Since)> _kept = [];

    public async Task<bool> AllowsAsync(HookSettings hook, AccessRequest request, CancellationToken cancellation)
    {
        var question = new HookQuestion(
            request.Credentials?.User ?? "",
            request.Credentials?.Password ?? "",
            request.Credentials?.Token ?? "",
            (request.From is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : request.From)?.ToString() ?? "",
            EnumWords.Of(request.Action),
            request.Path ?? "",
            request.Protocol,
            null,
            request.Query
        );
        var json = JsonSerializer.SerializeToUtf8Bytes(question, HookJson.Default.HookQuestion);
        var name = $"{hook.Url} {Convert.ToHexString(HMACSHA256.HashData(_key, json))}";
        if (Kept(name, TimeSpan.FromSeconds(hook.CacheSeconds)) is { } kept)
        {
            return kept;
        }
        if (!await _places.WaitAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false))
        {
            return false;
        }
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(hook.TimeoutSeconds), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            using var post = new HttpRequestMessage(HttpMethod.Post, hook.Url);
            post.Content = JsonContent.Create(question, HookJson.Default.HookQuestion);
            using var answer = await _http.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            Keep(name, answer.IsSuccessStatusCode);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false; // Who can't be asked has not agreed.
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _places.Dispose();
    }

    private bool? Kept(string name, TimeSpan age)
    {
        lock (_gate)
        {
            return _kept.TryGetValue(name, out var kept) && time.GetElapsedTime(kept.Since) < age ? kept.Allowed : null;
        }
    }

    private void Keep(string name, bool allowed)
    {
        lock (_gate)
        {
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }
            _kept[name] = (allowed, time.GetTimestamp());
        }
    }
}
