// Finds port offsets at which the program's ports are all free on loopback.
using System.Net;
using System.Net.Sockets;

namespace Mumu.EndToEnd.Tests.Harness;

internal static class PortOffsets
{
    private static readonly int[] Tcp = [8080, 8000, 8889, 8554, 3478, 9997, 9998];
    private static readonly int[] Udp = [8189, 8190, 8191, 8192, 3478, 8050, 8051];
    private static int s_next = 11000 + (Environment.ProcessId % 200 * 50);

    /// <summary>An offset not handed out before by this run, whose ports nobody holds.</summary>
    public static int Take()
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var offset = Interlocked.Add(ref s_next, 10) % 40000;
            if (Tcp.All(p => IsFree(p + offset, SocketType.Stream)) && Udp.All(p => IsFree(p + offset, SocketType.Dgram)))
            {
                return offset;
            }
        }
        throw new InvalidOperationException("No free ports were found on loopback.");
    }

    private static bool IsFree(int port, SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
