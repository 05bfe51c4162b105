// Whom rate limits and the audit log mean by "address".
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Mumu.Hub.Http;

/// <summary>The client's address as text; IPv6 by its /64 for limits, since a home owns a whole one.</summary>
internal static class ClientAddress
{
    public static string Text(this HttpContext context)
    {
        IPAddress? address = context.Connection.RemoteIpAddress;
        return address is null ? "unknown" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    public static string LimitKey(this HttpContext context)
    {
        IPAddress? address = context.Connection.RemoteIpAddress;
        return address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : context.Text();
    }
}
