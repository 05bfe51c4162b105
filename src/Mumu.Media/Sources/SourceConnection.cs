// The connection to a camera or another server: TCP, with TLS on top where that is wanted.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Mumu.Media.Units;

namespace Mumu.Media.Sources;

/// <summary>Where to connect.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="IsTls">With TLS.</param>
/// <param name="Protocol">The protocol's name, for people.</param>
internal sealed record SourceAddress(string Host, int Port, bool IsTls, string Protocol);

/// <summary>An open connection; every way to fail is a sentence that names host and port and nothing secret.</summary>
internal sealed class SourceConnection(Socket socket, Stream stream) : IAsyncDisposable
{
    internal Stream Stream { get; } = stream;

    internal IPEndPoint Local { get; } = Unmapped((IPEndPoint)socket.LocalEndPoint!);

    internal IPEndPoint Remote { get; } = Unmapped((IPEndPoint)socket.RemoteEndPoint!);

    /// <param name="address">Where to.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="pin">SHA-256 of the certificate in hex; null takes any.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SourceException">There is no way there.</exception>
    internal static async Task<SourceConnection> OpenAsync(
        SourceAddress address,
        TimeSpan timeout,
        string? pin,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        Socket? socket = null;
        try
        {
            var addresses = await ResolveAsync(address.Host, either.Token).ConfigureAwait(false);
            socket = await ConnectAsync(addresses, address.Port, either.Token).ConfigureAwait(false);
            var stream = await ProtectAsync(socket, address.IsTls, address.Host, pin, either.Token).ConfigureAwait(false);
            return new SourceConnection(socket, stream);
        }
        catch (Exception error)
        {
            socket?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw Explain(error, address.Protocol, where, timeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        socket.Dispose();
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
            if (addresses.Length > 0)
            {
                return addresses;
            }
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            throw NoSuchHost(host, error);
        }
        throw NoSuchHost(host, null);
    }

    private static SourceException NoSuchHost(string host, Exception? error) =>
        new(SourceFailure.NoSuchHost, $"There is no host named \"{host}\". Check the camera's address.", error);

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

    private static SourceException Explain(Exception error, string protocol, string where, TimeSpan limit) =>
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
                $"Nothing answers at {where}. Is {protocol} switched on in the camera, and is the port right?",
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
