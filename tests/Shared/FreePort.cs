// Ports for servers that tests start: free for TCP and UDP, out of the range from which the kernel gives ports by itself, and never the same twice.
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mumu.Tests.Shared;

/// <summary>A port asked from the kernel (port 0) and given back may go to the next socket that anything opens; one of these does not.</summary>
internal static class FreePort
{
    private const int First = 10_000;
    private static readonly int s_end = FirstEphemeral();
    private static readonly Lock s_gate = new();
    private static readonly HashSet<int> s_taken = [];
    private static int s_next = First + (Environment.ProcessId * 37 % (s_end - First));

    /// <summary>A port that nobody holds on loopback, over TCP or UDP.</summary>
    public static int Take()
    {
        for (var tries = First; tries < s_end; tries++)
        {
            var port = Next();
            if (TryTake(port))
            {
                return port;
            }
        }
        throw new InvalidOperationException($"All ports from {First} to {s_end} are taken.");
    }

    /// <summary>Takes this port or, if it is taken or held, says no.</summary>
    public static bool TryTake(int port)
    {
        lock (s_gate)
        {
            return port < s_end && IsFree(port, SocketType.Stream) && IsFree(port, SocketType.Dgram) && s_taken.Add(port);
        }
    }

    /// <summary>Takes all of these ports or, if one is taken or held, none.</summary>
    public static bool TryTakeAll(IReadOnlyCollection<int> ports)
    {
        lock (s_gate)
        {
            if (!ports.All(p => p < s_end && !s_taken.Contains(p) && IsFree(p, SocketType.Stream) && IsFree(p, SocketType.Dgram)))
            {
                return false;
            }
            s_taken.UnionWith(ports);
            return true;
        }
    }

    private static int Next()
    {
        lock (s_gate)
        {
            s_next = s_next + 1 < s_end ? s_next + 1 : First;
            return s_next;
        }
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

    private static int FirstEphemeral()
    {
        const string file = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(file) ? int.Parse(File.ReadAllText(file).Split()[0], CultureInfo.InvariantCulture) : 32_768;
    }
}
