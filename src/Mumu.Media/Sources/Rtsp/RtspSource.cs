// An IP camera as a source: connects, follows, plays until cancelled.
using Mumu.Media.Units;
using Mumu.Protocols.Rtsp;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>
/// Plays a camera over RTSP (RFC 2326), H.264, H.265, AAC, Opus and G.711, over TCP or UDP. One run is one session; redirects and cameras that close the connection with their challenge are
/// followed inside the run.
/// </summary>
public sealed class RtspSource : ISource
{
    private readonly RtspOptions _options;
    private readonly TimeProvider _time;
    private readonly RtspCredentials? _credentials;
    private volatile RtspSession? _session;

    /// <summary>Makes a source; nothing is sent before it runs.</summary>
    /// <param name="options">Which camera.</param>
    /// <param name="time">The clock of its waits.</param>
    /// <exception cref="ArgumentException">The address is not rtsp:// or rtsps:// with a host.</exception>
    public RtspSource(RtspOptions options, TimeProvider time)
    {
        if (!options.Uri.IsAbsoluteUri || options.Uri.Scheme is not ("rtsp" or "rtsps") || options.Uri.Host.Length == 0)
        {
            throw new ArgumentException("A camera's address starts with rtsp:// or rtsps:// and a host.", nameof(options));
        }
        (_options, _time) = (options, time);
        _credentials = CredentialsOf(options);
    }

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var uri = _options.Uri;
        var authenticator = new RtspAuthenticator(_credentials, new Random());
        for (var redirects = 0; ; )
        {
            var wasChallenged = authenticator.IsChallenged;
            var connection = await SourceConnection
                .OpenAsync(AddressOf(uri, _options.Networks), _options.Timeout, _options.CertificateSha256, _time, cancellation)
                .ConfigureAwait(false);
            RtspSession.Outcome outcome;
            await using (connection.ConfigureAwait(false))
            {
                using var session = new RtspSession(
                    new RtspClientOptions(uri) { RequestTimeout = _options.Timeout },
                    _options,
                    authenticator,
                    connection,
                    sink,
                    _time
                );
                _session = session;
                try
                {
                    outcome = await session.RunAsync(cancellation).ConfigureAwait(false);
                }
                finally
                {
                    _session = null;
                }
            }
            if (outcome.Location is { } location)
            {
                if (++redirects > RtspLimits.Redirects)
                {
                    throw new SourceException(SourceFailure.Protocol, "The camera sends us from one address to the next without end.");
                }
                authenticator = location.Host == uri.Host ? authenticator : new RtspAuthenticator(_credentials, new Random());
                uri = location;
                continue;
            }
            // Some cameras close the connection with their first challenge: the next one opens with the answer.
            var mayRetry =
                outcome.End?.Reason == RtspEndReason.Closed && !outcome.HasPlayed && !wasChallenged && authenticator.IsChallenged;
            if (!mayRetry)
            {
                throw Explain(outcome.End!);
            }
        }
    }

    /// <inheritdoc />
    public void RequestKeyFrame() => _session?.RequestKeyFrame();

    internal static SourceAddress AddressOf(Uri uri, OutboundNetworks networks)
    {
        var isTls = uri.Scheme.Equals("rtsps", StringComparison.OrdinalIgnoreCase);
        var port =
            uri.Port > 0 ? uri.Port
            : isTls ? 322
            : 554;
        return new SourceAddress(uri.DnsSafeHost, port, isTls, "RTSP", networks);
    }

    internal static SourceException Explain(RtspEnd end) =>
        new(
            end.Reason switch
            {
                RtspEndReason.Unauthorized => SourceFailure.WrongPassword,
                RtspEndReason.NotFound => SourceFailure.NotFound,
                RtspEndReason.Timeout or RtspEndReason.Closed => SourceFailure.Unreachable,
                _ => SourceFailure.Protocol,
            },
            end.Message
        );

    internal static RtspCredentials? CredentialsOf(RtspOptions options)
    {
        if (options.UserName is not null)
        {
            return new RtspCredentials(options.UserName, options.Password ?? "");
        }
        if (options.Uri.UserInfo.Length == 0)
        {
            return null;
        }
        var parts = options.Uri.UserInfo.Split(':', 2);
        return new RtspCredentials(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
