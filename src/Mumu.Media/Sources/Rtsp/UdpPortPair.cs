// Two neighbouring UDP ports of ours: RTP on the even one, RTCP on the next.
using System.Net;
using System.Net.Sockets;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>A bound pair (RFC 3550 §11). It binds to the address that the connection to the camera uses, so a camera on loopback is heard on loopback only.</summary>
internal sealed class UdpPortPair : IDisposable
{
    private const int Attempts = 64;
    private const int ReceiveBuffer = 2 * 1024 * 1024; // a key frame of a 4K camera comes in one burst

    private UdpPortPair(Socket rtp, Socket rtcp) => (Rtp, Rtcp) = (rtp, rtcp);

    internal Socket Rtp { get; }

    internal Socket Rtcp { get; }

    internal int Port => ((IPEndPoint)Rtp.LocalEndPoint!).Port;

    /// <summary>Binds a free pair.</summary>
    /// <exception cref="SocketException">None was found.</exception>
    internal static UdpPortPair Bind(IPAddress local)
    {
        for (var attempt = 1; ; attempt++)
        {
            var rtp = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = ReceiveBuffer };
            var rtcp = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                rtp.Bind(new IPEndPoint(local, 0));
                var port = ((IPEndPoint)rtp.LocalEndPoint!).Port;
                if (port % 2 == 0)
                {
                    rtcp.Bind(new IPEndPoint(local, port + 1));
                    return new UdpPortPair(rtp, rtcp);
                }
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // The neighbour is taken: try another pair.
            }
            rtp.Dispose();
            rtcp.Dispose();
            if (attempt == Attempts)
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
        }
    }

    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
    }
}
