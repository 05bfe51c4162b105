// The HTTP of a session that we begin at another server, by WHIP or WHEP.
using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Mumu.Media.Units;

namespace Mumu.Agent.Whip;

/// <summary>Posts one offer, and ends what it has begun. A redirection is followed on the same host only, since the key goes with it.</summary>
internal sealed class SdpExchange(SdpTarget target) : IDisposable
{
    private const int MaxAnswer = 64 * 1024;
    private const int MaxRedirects = 3;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_farewellLimit = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = target.Networks.ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 32, // KiB
        }
    )
    {
        Timeout = s_limit,
    };

    private Uri? _session;

    /// <summary>Posts an offer and returns the answer.</summary>
    /// <exception cref="SourceException">There is none; the message is a sentence without secrets.</exception>
    public async Task<string> PostAsync(string offer, CancellationToken cancellation)
    {
        try
        {
            var address = target.Address;
            for (var redirects = 0; ; redirects++)
            {
                using var request = Request(HttpMethod.Post, address);
                request.Content = new StringContent(offer, Encoding.UTF8);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
                using var response = await _http
                    .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
                    .ConfigureAwait(false);
                if (response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && redirects < MaxRedirects)
                {
                    address = Follow(address, response.Headers.Location);
                    continue;
                }
                if (response.StatusCode != HttpStatusCode.Created)
                {
                    throw RefusalOf(response.StatusCode);
                }
                _session = response.Headers.Location is { } location ? Within(address, location) : null;
                return await ReadAsync(response, cancellation).ConfigureAwait(false);
            }
        }
        catch (HttpRequestException error)
        {
            throw FailureOf(error);
        }
        catch (IOException error)
        {
            throw new SourceException(SourceFailure.Unreachable, $"The connection to {target.Where} broke.", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new SourceException(
                SourceFailure.Unreachable,
                $"{target.Where} did not answer within {s_limit.TotalSeconds:0} seconds.",
                error
            );
        }
    }

    /// <summary>Says that the session is over; what comes of it does not matter.</summary>
    public async Task DeleteAsync()
    {
        if (_session is not { } session)
        {
            return;
        }
        _session = null;
        using var limit = new CancellationTokenSource(s_farewellLimit);
        try
        {
            using var request = Request(HttpMethod.Delete, session);
            using var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // The other side learns it from the connection itself.
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = target.Authorization;
        return request;
    }

    private Uri Follow(Uri from, Uri? to) =>
        (to is null ? null : Within(from, to))
        ?? throw new SourceException(SourceFailure.Protocol, $"{target.Where} redirects to another host; set that address instead.");

    // An address of the same server; null for any other.
    private static Uri? Within(Uri from, Uri to)
    {
        var uri = new Uri(from, to);
        return uri.Scheme == from.Scheme && uri.Port == from.Port && string.Equals(uri.Host, from.Host, StringComparison.OrdinalIgnoreCase)
            ? uri
            : null;
    }

    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(MaxAnswer + 1);
            try
            {
                var length = await body.ReadAtLeastAsync(
                        buffer.AsMemory(0, MaxAnswer + 1),
                        MaxAnswer + 1,
                        throwOnEndOfStream: false,
                        cancellation
                    )
                    .ConfigureAwait(false);
                return length <= MaxAnswer
                    ? Encoding.UTF8.GetString(buffer, 0, length)
                    : throw new SourceException(SourceFailure.Protocol, $"{target.Where} gives an answer that is too long.");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private SourceException RefusalOf(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new SourceException(
                SourceFailure.WrongPassword,
                $"{target.Where} does not accept this user and password, or token."
            ),
            HttpStatusCode.NotFound => new SourceException(
                SourceFailure.NotFound,
                $"{target.Where} does not exist there, or nothing plays there now."
            ),
            _ => new SourceException(SourceFailure.Protocol, $"{target.Where} refused the offer with status {(int)status}."),
        };

    private SourceException FailureOf(HttpRequestException error) =>
        error switch
        {
            { HttpRequestError: HttpRequestError.NameResolutionError } => new SourceException(
                SourceFailure.NoSuchHost,
                $"There is no host “{target.Address.Host}”.",
                error
            ),
            { InnerException: System.Security.Authentication.AuthenticationException } => new SourceException(
                SourceFailure.Unreachable,
                $"The certificate of {target.Where} is not valid.",
                error
            ),
            _ => new SourceException(SourceFailure.Unreachable, $"{target.Where} can't be reached.", error),
        };
}
