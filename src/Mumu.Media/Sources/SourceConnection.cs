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
/// <param name="Networks">Where it may be.</param>
internal sealed record SourceAddress(string Host, int Port, bool IsTls, string Protocol, OutboundNetworks Networks);

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
            socket = await address.Networks.ConnectAsync(address.Host, address.Port, either.Token).ConfigureAwait(false);
            var stream = await ProtectAsync(socket, address.IsTls, address.Host, pin, either.Token).ConfigureAwait(false);
            return new SourceConnection(socket, stream);
        }
        catch (Exception error)
        {
            socket?.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw Explain(error, address, where, timeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        socket.Dispose();
    }

    private static SourceException NoSuchHost(string host, Exception error) =>
        new(SourceFailure.NoSuchHost, $"There is no host named \"{host}\". Check the camera's address.", error);

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

    private static SourceException Explain(Exception error, SourceAddress address, string where, TimeSpan limit) =>
        error switch
        {
            SourceException known => known,
            OutboundForbiddenException => new SourceException(SourceFailure.Unreachable, error.Message, error),
            ArgumentException
            or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => NoSuchHost(
                address.Host,
                error
            ),
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
                $"Nothing answers at {where}. Is {address.Protocol} switched on in the camera, and is the port right?",
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
