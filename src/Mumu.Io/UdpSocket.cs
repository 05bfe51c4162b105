// One UDP socket: bound, non-blocking, with large buffers, and knowing whether the kernel cuts segments for us.
using System.Net;
using System.Net.Sockets;
using Mumu.Io.Linux;
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// A bound UDP socket for <see cref="UdpReceiver"/> and <see cref="UdpSendBatch"/>. Bound to an IPv6 address it also serves IPv4 (mapped), unless that address is not the wildcard.
/// </summary>
public sealed class UdpSocket : IDisposable
{
    private const int SolSocket = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;

    /// <summary>Binds to an address and port.</summary>
    /// <param name="address">Where to bind; a wildcard serves all interfaces.</param>
    /// <param name="port">0 lets the system choose.</param>
    /// <param name="bufferBytes">Wanted size of each kernel buffer; the system's limit may make it smaller.</param>
    /// <exception cref="SocketException">The address or port can't be had.</exception>
    public UdpSocket(IPAddress address, int port, int bufferBytes = 4 << 20)
    {
        Inner = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            IsDualStack = address.AddressFamily == AddressFamily.InterNetworkV6;
            if (IsDualStack)
            {
                Inner.DualMode = true;
            }
            Inner.SendBufferSize = bufferBytes;
            Inner.ReceiveBufferSize = bufferBytes;
            if (OperatingSystem.IsLinux())
            {
                // Beyond the system's limit where we are privileged; refusal leaves what the lines above got.
                TrySetOption(SolSocket, SendBufferForce, bufferBytes);
                TrySetOption(SolSocket, ReceiveBufferForce, bufferBytes);
                SegmentsInKernel = TrySetOption(LibC.SolUdp, LibC.UdpSegment, 0);
            }
            Inner.Bind(new IPEndPoint(address, port));
            LocalAddress = TransportAddress.From((IPEndPoint)Inner.LocalEndPoint!);
        }
        catch
        {
            Inner.Dispose();
            throw;
        }
    }

    /// <summary>Where the socket is bound, with the port the system chose.</summary>
    public TransportAddress LocalAddress { get; }

    /// <summary>True if it is an IPv6 socket, which addresses IPv4 in mapped form.</summary>
    public bool IsDualStack { get; }

    /// <summary>
    /// True while the kernel takes several equal datagrams as one (UDP GSO). Falls to false for good when a device refuses.
    /// </summary>
    public bool SegmentsInKernel { get; internal set; }

    /// <summary>The system's handle, for those who wait on many sockets at once; not to be closed.</summary>
    public SafeSocketHandle Handle => Inner.SafeHandle;

    internal Socket Inner { get; }

    internal int Descriptor => (int)Inner.Handle;

    /// <summary>Sends one datagram at once, past any batch; for callers off the path of media. False if the kernel refused it.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram, in TransportAddress destination)
    {
        try
        {
            return Inner.SendTo(datagram, SocketFlags.None, destination.ToIPEndPoint()) == datagram.Length;
        }
        catch (SocketException)
        {
            return false; // no route, buffer full: a lost datagram like any other
        }
    }

    /// <summary>Takes datagrams of one address only from now on, and hears of it when that one can't be reached.</summary>
    /// <exception cref="SocketException">There is no way to it.</exception>
    public void Connect(in TransportAddress remote) => Inner.Connect(remote.ToIPEndPoint());

    /// <summary>Waits for a datagram; for callers off the path of media, and not beside a <see cref="UdpReceiver"/>.</summary>
    /// <exception cref="SocketException">The network reports a failure of an earlier datagram; the socket lives on.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        Inner.ReceiveAsync(buffer, SocketFlags.None, cancellation);

    /// <inheritdoc />
    public void Dispose() => Inner.Dispose();

    internal bool TrySetOption(int level, int name, int value)
    {
        try
        {
            Inner.SetRawSocketOption(level, name, BitConverter.GetBytes(value));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
