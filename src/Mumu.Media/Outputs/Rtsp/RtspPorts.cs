// The UDP sockets of the server.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mumu.Io;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Binds ports; what can't be had is told in a sentence that names it.</summary>
internal static class RtspPorts
{
    private const int Attempts = 64;

    /// <summary>Binds a pair for RTP and RTCP: an even port and the next.</summary>
    /// <exception cref="IOException">The ports can't be had.</exception>
    internal static (UdpSocket Rtp, Socket Rtcp) BindPair(IPAddress address, int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            UdpSocket? rtp = null;
            Socket? rtcp = null;
            try
            {
                rtp = new UdpSocket(address, port);
                var found = rtp.LocalAddress.Port;
                if (port != 0 || found % 2 == 0)
                {
                    rtcp = Make(address);
                    rtcp.Bind(new IPEndPoint(address, found + 1));
                    return (rtp, rtcp);
                }
            }
            catch (SocketException e) when (port != 0 || attempt == Attempts)
            {
                rtp?.Dispose();
                rtcp?.Dispose();
                throw Taken(address, port, e);
            }
            catch (SocketException)
            {
                // The neighbour is taken: try another pair.
            }
            rtp?.Dispose();
            rtcp?.Dispose();
        }
    }

    /// <summary>Reads the port of RTCP until the socket is closed.</summary>
    internal static async Task ReadAsync(Socket socket, RtspUdpRoutes routes)
    {
        var from = new SocketAddress(socket.AddressFamily);
        var template = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[2048];
        while (true)
        {
            try
            {
                var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from).ConfigureAwait(false);
                routes.Receive(buffer.AsSpan(0, length), TransportAddress.From((IPEndPoint)template.Create(from)), isRtcp: true);
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted))
            {
                continue; // A report of ours met a closed port.
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Sends a report.</summary>
    internal static void SendReport(Socket rtcp, byte[] report, TransportAddress address)
    {
        var to = address.ToIPEndPoint();
        if (rtcp.AddressFamily == AddressFamily.InterNetworkV6 && to.AddressFamily == AddressFamily.InterNetwork)
        {
            to = new IPEndPoint(to.Address.MapToIPv6(), to.Port);
        }
        try
        {
            rtcp.SendTo(report, to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A report is a courtesy; the next one follows in seconds.
        }
    }

    private static Socket Make(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }
        return socket;
    }

    private static IOException Taken(IPAddress address, int port, SocketException e)
    {
        var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program uses it" : e.Message;
        return new IOException(
            string.Create(CultureInfo.InvariantCulture, $"UDP port {port} on {address} can't be used for RTSP: {why}."),
            e
        );
    }
}
