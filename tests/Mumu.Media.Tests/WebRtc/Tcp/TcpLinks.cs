// The TCP side of a test viewer: connections it makes or takes, in the framing of RFC 4571. For the crowd's thread.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Tests.WebRtc.Tcp;

internal sealed class TcpLinks : IDisposable
{
    public const int Passive = 5;
    public const int Active = 6;
    private readonly Dictionary<FlowId, (Socket Socket, StreamFrames Frames)> _links = [];
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[65536];

    public TcpLinks()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public delegate void Take(Span<byte> message, in FlowId from);

    public TransportAddress Address => TransportAddress.From((IPEndPoint)_listener.LocalEndPoint!);

    public int Count => _links.Count;

    public void Send(ReadOnlySpan<byte> message, in FlowId flow)
    {
        if (!_links.TryGetValue(flow, out var link))
        {
            if (flow.Base != Active)
            {
                return;
            }
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(flow.Remote.ToIPEndPoint());
            _links[flow] = link = (socket, new StreamFrames(StreamFraming.LengthPrefixed));
        }
        var framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsSpan(2));
        try
        {
            link.Socket.Send(framed);
        }
        catch (SocketException)
        {
            // Closed by the other side.
        }
    }

    public void Receive(Take take)
    {
        if (_listener.Poll(0, SelectMode.SelectRead))
        {
            var socket = _listener.Accept();
            var remote = TransportAddress.From((IPEndPoint)socket.RemoteEndPoint!);
            _links[new FlowId(Passive, remote)] = (socket, new StreamFrames(StreamFraming.LengthPrefixed));
        }
        foreach (var (flow, (socket, frames)) in _links.ToArray())
        {
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                var length = socket.Receive(_buffer, SocketFlags.None, out _);
                if (length == 0)
                {
                    socket.Dispose();
                    _links.Remove(flow);
                    break;
                }
                ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, length);
                while (frames.TryRead(ref bytes, out var message))
                {
                    take(message, flow);
                }
            }
        }
    }

    /// <summary>Breaks all connections.</summary>
    public void Break()
    {
        foreach (var (socket, _) in _links.Values)
        {
            socket.Dispose();
        }
        _links.Clear();
    }

    public void Dispose()
    {
        Break();
        _listener.Dispose();
    }
}
