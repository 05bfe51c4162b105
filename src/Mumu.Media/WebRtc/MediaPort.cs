// Binds a UDP port for media, or says in words why not.
using System.Net;
using System.Net.Sockets;
using Mumu.Io;

namespace Mumu.Media.WebRtc;

/// <summary>Opens the socket of a loop.</summary>
internal static class MediaPort
{
    /// <summary>Binds; the IPv6 wildcard becomes the IPv4 one on a machine without IPv6.</summary>
    /// <exception cref="IOException">The port can't be had; the message is a sentence that names it.</exception>
    internal static UdpSocket Bind(IPAddress address, int port)
    {
        try
        {
            return new UdpSocket(address, port);
        }
        catch (SocketException e) when (IsWithoutIPv6(e) && address.Equals(IPAddress.IPv6Any))
        {
            return Bind(IPAddress.Any, port);
        }
        catch (SocketException e)
        {
            var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program uses it" : e.Message;
            throw new IOException($"UDP port {port} on {address} can't be used for video: {why}.", e);
        }
    }

    private static bool IsWithoutIPv6(SocketException e) =>
        e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable;
}
