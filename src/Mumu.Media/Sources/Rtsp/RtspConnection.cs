// The connection to a camera: TCP, with TLS on top for rtsps.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>An open connection; every way to fail is a sentence that names host and port and nothing secret.</summary>
internal sealed class RtspConnection(Socket socket, Stream stream) : IAsyncDisposable
{
    private const int DefaultPort = 554;
    private const int DefaultTlsPort = 322;

    internal Stream Stream { get; } = stream;

    internal IPEndPoint Local { get; } = Unmapped((IPEndPoint)socket.LocalEndPoint!);

    internal IPEndPoint Remote { get; } = Unmapped((IPEndPoint)socket.RemoteEndPoint!);

    internal static async Task<RtspConnection> OpenAsync(Uri uri, RtspOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var isTls = uri.Scheme.Equals("rtsps", StringComparison.OrdinalIgnoreCase);
        var port =
            uri.Port > 0 ? uri.Port
            : isTls ? DefaultTlsPort
            : DefaultPort;
        var where = string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{port}");
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        Socket? socket = null;
        try
        {
            var addresses = await ResolveAsync(uri, either.Token).ConfigureAwait(false);
            socket = await ConnectAsync(addresses, port, either.Token).ConfigureAwait(false);
            var stream = await ProtectAsync(socket, isTls, uri.Host, options.CertificateSha256, either.Token).ConfigureAwait(false);
            return new RtspConnection(socket, stream);
        }
        catch (Exception error)
        {
            socket?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw Explain(error, where, options.Timeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        socket.Dispose();
    }

    private static async Task<IPAddress[]> ResolveAsync(Uri uri, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address))
        {
            return [address];
        }
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(uri.DnsSafeHost, cancellation).ConfigureAwait(false);
            if (addresses.Length > 0)
            {
                return addresses;
            }
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            throw NoSuchHost(uri, error);
        }
        throw NoSuchHost(uri, null);
    }

    private static SourceException NoSuchHost(Uri uri, Exception? error) =>
        new(SourceFailure.NoSuchHost, $"There is no host named \"{uri.Host}\". Check the camera's address.", error);

    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellation).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                socket.Dispose(); // The next address may answer.
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static async Task<Stream> ProtectAsync(Socket socket, bool isTls, string host, string? pin, CancellationToken cancellation)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        if (!isTls)
        {
            return stream;
        }
        var expected = pin?.Replace(":", "", StringComparison.Ordinal);
        var tls = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null
                && (
                    expected is null
                    || Convert
                        .ToHexString(SHA256.HashData(certificate.GetRawCertData()))
                        .Equals(expected, StringComparison.OrdinalIgnoreCase)
                ),
        };
        await tls.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
        return tls;
    }

    private static SourceException Explain(Exception error, string where, TimeSpan limit) =>
        error switch
        {
            SourceException known => known,
            OperationCanceledException => new SourceException(
                SourceFailure.Unreachable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The camera did not answer at {where} within {limit.TotalSeconds:0.#} s. Is it switched on and on this network?"
                ),
                error
            ),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new SourceException(
                SourceFailure.Unreachable,
                $"Nothing answers at {where}. Is RTSP switched on in the camera, and is the port right?",
                error
            ),
            AuthenticationException => new SourceException(
                SourceFailure.Protocol,
                $"The encrypted connection to {where} was not made: {error.Message}",
                error
            ),
            _ => new SourceException(SourceFailure.Unreachable, $"There is no way to {where}: {error.Message}", error),
        };

    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
