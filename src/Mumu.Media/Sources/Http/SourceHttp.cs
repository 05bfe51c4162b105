// HTTP as sources need it: no proxy, no cookies, redirects by our own rules, failures as sentences.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Http;

/// <summary>
/// Fetches from one camera or server. Redirects lead to http and https only, five at most, and never from https to http; user and password go to the first host alone. A certificate that no authority vouches for is taken, since
/// cameras make their own.
/// </summary>
public sealed class SourceHttp : IDisposable
{
    private const int MaxRedirects = 5;
    private readonly HttpSourceOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _withKey;
    private readonly HttpClient _without;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    public SourceHttp(HttpSourceOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _without = Client(null, options.Networks);
        _withKey = options.UserName is { } user ? Client(new NetworkCredential(user, options.Password ?? ""), options.Networks) : _without;
    }

    /// <summary>Asks for an address and gives the answer with its body still to come.</summary>
    /// <exception cref="SourceException">There is no good answer; the sentence names the host and nothing secret.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri uri, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var current = uri;
        for (var redirects = 0; ; redirects++)
        {
            HttpResponseMessage answer;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, current);
                var client = IsSameHost(current, _options.Uri) ? _withKey : _without;
                answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                throw Explain(error, current);
            }
            if ((int)answer.StatusCode is >= 300 and < 400 && answer.Headers.Location is { } location)
            {
                answer.Dispose();
                current = Follow(current, location, redirects);
                continue;
            }
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }
            var status = answer.StatusCode;
            answer.Dispose();
            throw Refused(status, current);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _withKey.Dispose();
        _without.Dispose();
    }

    internal static string Where(Uri uri) => string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{uri.Port}");

    private static HttpClient Client(NetworkCredential? credentials, OutboundNetworks networks) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                Credentials = credentials,
                ConnectCallback = networks.ConnectAsync,
                MaxResponseHeadersLength = 32,
                SslOptions = new SslClientAuthenticationOptions
                {
                    // As for rtsps: nobody can listen, but somebody in between could pretend to be the camera.
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                },
            }
        )
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };

    private static Uri Follow(Uri from, Uri location, int redirects)
    {
        var to = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (redirects >= MaxRedirects)
        {
            throw new SourceException(SourceFailure.Protocol, $"{Where(from)} sends us from one address to the next without end.");
        }
        var isAllowed = to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return isAllowed
            ? to
            : throw new SourceException(
                SourceFailure.Protocol,
                $"{Where(from)} sends us to an address that is not taken: only http and https are followed, and https never to http."
            );
    }

    private static bool IsSameHost(Uri a, Uri b) => a.Host == b.Host && a.Port == b.Port && a.Scheme == b.Scheme;

    private static SourceException Refused(HttpStatusCode status, Uri uri) =>
        status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new SourceException(
                SourceFailure.WrongPassword,
                $"{Where(uri)} refuses user and password. Check them."
            ),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new SourceException(
                SourceFailure.NotFound,
                $"{Where(uri)} has nothing at this address. Check the path behind the host."
            ),
            _ => new SourceException(SourceFailure.Unreachable, $"{Where(uri)} answers with status {(int)status}."),
        };

    private SourceException Explain(Exception error, Uri uri) =>
        error switch
        {
            OperationCanceledException => new SourceException(
                SourceFailure.Unreachable,
                string.Create(CultureInfo.InvariantCulture, $"{Where(uri)} did not answer within {_options.Timeout.TotalSeconds:0.#} s."),
                error
            ),
            HttpRequestException { InnerException: OutboundForbiddenException forbidden } => new SourceException(
                SourceFailure.Unreachable,
                forbidden.Message,
                error
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new SourceException(
                SourceFailure.NoSuchHost,
                $"There is no host named “{uri.Host}”. Check the address.",
                error
            ),
            HttpRequestException { InnerException: AuthenticationException } => new SourceException(
                SourceFailure.Protocol,
                $"{Where(uri)} does not speak TLS as we do. Is it http:// instead of https://?",
                error
            ),
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                new SourceException(
                    SourceFailure.Unreachable,
                    $"{Where(uri)} refuses connections. Is it the right port, and is the camera switched on?",
                    error
                ),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } =>
                new SourceException(SourceFailure.Protocol, $"{Where(uri)} answers something that is not HTTP.", error),
            _ => new SourceException(SourceFailure.Unreachable, $"{Where(uri)} can't be reached: {error.Message}", error),
        };
}
