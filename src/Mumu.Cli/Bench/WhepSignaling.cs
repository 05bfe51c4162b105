// WHEP (draft-ietf-wish-whep): POST the offer, read the answer, DELETE at the end.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mumu.Cli.Verbs;
using Mumu.Protocols.Ice;

namespace Mumu.Cli.Bench;

/// <summary>Speaks to any WHEP server that puts its candidates into the answer.</summary>
internal sealed class WhepSignaling : ISignaling
{
    private const int MostAnswerBytes = 256 * 1024;
    private static readonly MediaTypeHeaderValue s_sdp = new("application/sdp");
    private readonly HttpClient _http;

    /// <param name="url">The WHEP address of a stream.</param>
    /// <param name="key">Goes into the Authorization header; null sends none.</param>
    /// <param name="user">With it the key is the password of Basic authentication, without it a bearer token.</param>
    internal WhepSignaling(Uri url, string? key, string? user)
    {
        Server = url;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = Timeout.InfiniteTimeSpan, AllowAutoRedirect = false })
        {
            MaxResponseContentBufferSize = MostAnswerBytes,
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = user is null
                ? new AuthenticationHeaderValue("Bearer", key)
                : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{key}")));
        }
    }

    public string Target => $"whep {Server}";

    public Uri Server { get; }

    public SignalingReport? Report => null;

    public Task PrepareAsync(int viewers, CancellationToken cancellation) => Task.CompletedTask;

    public Task MeasureAsync(CancellationToken cancellation) => Task.CompletedTask;

    public async Task<OpenedSession> OpenAsync(string offer, Action<IceCandidate> onCandidate, CancellationToken cancellation)
    {
        try
        {
            using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(offer));
            body.Headers.ContentType = s_sdp;
            using var reply = await _http.PostAsync(Server, body, cancellation).ConfigureAwait(false);
            var text = await reply.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            if (reply.StatusCode != HttpStatusCode.Created)
            {
                throw new VerbException(Refusal(reply, text));
            }
            var session = reply.Headers.Location is { } location ? new Uri(Server, location) : null;
            return new OpenedSession(text, () => LeaveAsync(session));
        }
        catch (HttpRequestException e)
        {
            throw new VerbException(Unreachable(Server, e));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new VerbException($"{Server.Authority} did not answer within {_http.Timeout.TotalSeconds:0} s.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Why a server can't be reached, in words.</summary>
    internal static string Unreachable(Uri server, HttpRequestException e) =>
        e switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"Nothing listens at {server.Authority}. Is the server running, and is this its port?",
            { HttpRequestError: HttpRequestError.NameResolutionError } => $"There is no host named {server.Host}.",
            { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"No secure connection to {server.Authority}: {e.InnerException?.Message ?? e.Message}",
            { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"The answer of {server.Authority} is too long.",
            _ => $"{server.Authority} can't be reached: {e.InnerException?.Message ?? e.Message}",
        };

    private async Task LeaveAsync(Uri? session)
    {
        if (session is null)
        {
            return;
        }
        try
        {
            using var reply = await _http.DeleteAsync(session).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The media side has said good-bye already, and the run is over.
        }
    }

    private string Refusal(HttpResponseMessage reply, string body)
    {
        var status = (int)reply.StatusCode;
        var said = Detail(reply, body);
        return status switch
        {
            401 or 403 => $"The server refused the key ({status}): give one with --key-stdin, --key-file or MUMU_KEY.{said}",
            404 => $"The server has no stream at {Server.AbsolutePath} (404).{said}",
            >= 300 and < 400 => $"The server redirects to {reply.Headers.Location}; give that address.",
            200 => "The server answered 200 and not 201: this is no WHEP address.",
            _ => $"The server refused the offer ({status} {reply.ReasonPhrase}).{said}",
        };
    }

    private static string Detail(HttpResponseMessage reply, string body)
    {
        const int most = 300;
        if (reply.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true)
        {
            try
            {
                using var json = JsonDocument.Parse(body);
                foreach (var name in (string[])["detail", "error", "message"])
                {
                    if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value))
                    {
                        body = value.ToString();
                        break;
                    }
                }
            }
            catch (JsonException)
            {
                // Then the text as it is.
            }
        }
        body = body.Trim();
        return body.Length == 0 || body.StartsWith('<') ? "" : " It says: " + (body.Length > most ? body[..most] + "…" : body);
    }
}
