// Which networks the program may connect to on behalf of its settings.
using System.Net;
using System.Net.Sockets;

namespace Mumu.Media.Sources;

/// <summary>An address is forbidden by the settings; the message is a sentence.</summary>
public sealed class OutboundForbiddenException(string message) : IOException(message);

/// <summary>
/// Judges the address that is really connected to, behind every name, redirect and way of writing an address: names are resolved once, and only what was judged is connected to, so a name that changes between two looks gains nothing.
/// </summary>
/// <param name="allowed">Only these networks; empty is every one.</param>
/// <param name="forbidden">Never these, even where they are allowed.</param>
public sealed class OutboundNetworks(IReadOnlyList<IPNetwork> allowed, IReadOnlyList<IPNetwork> forbidden)
{
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>
    /// Forbidden where nothing is said: link-local addresses, where clouds keep the secrets of their machines; multicast, broadcast, and the address of nothing, which leads to this machine.
    /// </summary>
    public static IReadOnlyList<IPNetwork> UsuallyForbidden { get; } =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("255.255.255.255/32"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("ff00::/8"),
    ];

    /// <summary>Every network but <see cref="UsuallyForbidden"/>.</summary>
    public static OutboundNetworks Usual { get; } = new([], UsuallyForbidden);

    /// <summary>True if the address may be connected to. An IPv4 address within an IPv6 one counts as itself.</summary>
    public bool Allows(IPAddress address)
    {
        var inner = Inner(address);
        return Judge(address.IsIPv4MappedToIPv6 ? inner! : address) && (inner is null || Judge(inner));
    }

    /// <summary>Resolves a host and keeps what may be connected to.</summary>
    /// <exception cref="SocketException">There is no such host.</exception>
    /// <exception cref="OutboundForbiddenException">None of its addresses may be.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        var found = IPAddress.TryParse(host, out var address)
            ? [address]
            : await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        IPAddress[] kept = [.. found.Where(Allows)];
        return kept.Length > 0 ? kept
            : found.Length > 0
                ? throw new OutboundForbiddenException($"The settings forbid to connect to {found[0]} (“outbound” in mumu.json).")
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Connects over TCP to the first address that answers.</summary>
    /// <exception cref="SocketException">There is no such host, or none of its addresses answers.</exception>
    /// <exception cref="OutboundForbiddenException">None of its addresses may be connected to.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var addresses = await ResolveAsync(host, cancellation).ConfigureAwait(false);
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

    /// <summary>Connects for an HTTP client: <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) =>
        new NetworkStream(
            await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation).ConfigureAwait(false),
            ownsSocket: true
        );

    private bool Judge(IPAddress address) =>
        (allowed.Count == 0 || allowed.Any(network => network.Contains(address))) && !forbidden.Any(network => network.Contains(address));

    // Ways to an IPv4 address by an IPv6 one: mapped (RFC 4291), through NAT64 (RFC 6052), through 6to4 (RFC 3056).
    private static IPAddress? Inner(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }
        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || s_nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : s_sixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : null;
    }
}
