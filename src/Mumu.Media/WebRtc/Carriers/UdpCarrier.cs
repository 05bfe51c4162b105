// A socket of its own towards one TURN server: the server tells allocations apart by our port.
using System.Net;
using System.Net.Sockets;
using Mumu.Io;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Carriers;

/// <summary>A UDP socket connected to a TURN server. It is read by a task; what is sent leaves with the loop's batch (GSO included).</summary>
internal sealed class UdpCarrier : Carrier
{
    private const int BufferBytes = 1 << 20;
    private const int LongestDatagram = 2048;
    private const int MostRefusals = 3; // in a row: one may be a server that is just being restarted

    /// <exception cref="SocketException">There is no socket, or no way to the server.</exception>
    public UdpCarrier(IPAddress bind, TransportAddress server, Func<LoopCommand, bool> post)
        : base(post)
    {
        Server = server;
        Socket = new UdpSocket(bind, 0, BufferBytes);
        try
        {
            Socket.Connect(server);
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
        Run(ReadAsync);
    }

    public TransportAddress Server { get; }

    public UdpSocket Socket { get; }

    protected override void Close()
    {
        EndTasks(TimeSpan.Zero);
        Socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[LongestDatagram];
        var refusals = 0;
        while (!IsClosed)
        {
            try
            {
                var length = await Socket.ReceiveAsync(buffer, Ending).ConfigureAwait(false);
                TryAdd(buffer.AsSpan(0, length));
                refusals = 0;
            }
            catch (SocketException e) when (!IsClosed)
            {
                if (e.SocketErrorCode == SocketError.ConnectionRefused && ++refusals == MostRefusals)
                {
                    Fail("Nothing listens at the TURN server's address.");
                    return;
                }
            }
        }
    }
}
