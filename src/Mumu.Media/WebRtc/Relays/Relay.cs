// One relayed address of one viewer: a TURN client and what it is carried by.
using System.Net;
using System.Net.Sockets;
using Mumu.Io;
using Mumu.Media.WebRtc.Carriers;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>Drives a <see cref="TurnClient"/> on the loop's thread. It may outlive its viewer for the moment that giving the relay back takes.</summary>
internal sealed class Relay : ICarrierOwner, IDisposable
{
    private readonly RelayContext _context;
    private readonly Carrier _carrier;
    private readonly UdpCarrier? _udp;
    private readonly StreamCarrier? _stream;

    /// <exception cref="SocketException">There is no socket, or no way to the server.</exception>
    public Relay(int @base, RelayTarget target, Viewer viewer, RelayContext context, TimeSpan now)
    {
        (_context, Base, Target, Viewer) = (context, @base, target, viewer);
        var server = target.Addresses[0];
        if (target.Url.Transport == RelayTransport.Udp)
        {
            _carrier = _udp = new UdpCarrier(LocalFor(target.Bind, server), server, context.Post);
        }
        else
        {
            _carrier = _stream = StreamCarrier.ToServer(target, context);
        }
        _carrier.Owner = this;
        Client = new TurnClient(
            new TurnClientOptions
            {
                UserName = target.Server.UserName,
                Password = target.Server.Credential,
                Random = CryptoRandom.Instance,
                IsReliable = _stream is not null,
            }
        );
        Client.Start(now);
    }

    /// <inheritdoc />
    public Viewer? Viewer { get; private set; }

    /// <summary>The ICE agent's number of it.</summary>
    public int Base { get; }

    public RelayTarget Target { get; }

    public TurnClient Client { get; }

    /// <summary>True until the server has given a relay, or will not.</summary>
    public bool IsGathering => Client.Relayed is null && Client.End == TurnClientEnd.None && !IsLeaving;

    /// <summary>True once it is being given back.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Nothing is left to do with it.</summary>
    public bool IsOver => Client.End != TurnClientEnd.None;

    /// <summary>What the carrier died of, while the client does not know yet.</summary>
    public string? Failure => IsOver ? null : _carrier.Failure;

    /// <summary>Takes what came: payloads go to the viewer's peer.</summary>
    public void OnReady(TimeSpan now)
    {
        while (_carrier.TryRead(out var buffer, out var length))
        {
            if (Client.Receive(buffer.AsSpan(0, length), now, out var peer, out var payload))
            {
                Viewer?.Receive(payload, new FlowId(Base, peer), now);
            }
            Carrier.Return(buffer);
        }
    }

    /// <summary>The way of media to a peer; false if there is none now.</summary>
    public bool TryGetPath(in TransportAddress peer, UdpSendBatch output, TimeSpan now, out PacketPath path)
    {
        path = default;
        if (_carrier.Failure is not null || !Client.TryGetPath(peer, now, out var turn))
        {
            return false;
        }
        Flush(output);
        path = _udp is not null ? new PacketPath(output, _udp.Server, _udp.Socket, turn) : new PacketPath(_stream!, turn);
        return true;
    }

    /// <summary>Sends a control message to a peer, if there is a way.</summary>
    public void Send(ReadOnlySpan<byte> message, in TransportAddress peer, UdpSendBatch output, TimeSpan now)
    {
        if (TryGetPath(peer, output, now, out var path))
        {
            path.Send(message);
        }
    }

    /// <summary>Hands the client's messages to the carrier.</summary>
    public void Flush(UdpSendBatch output)
    {
        Span<byte> message = stackalloc byte[StunMessage.MaxLength];
        while (Client.TryTransmit(message, out var length))
        {
            if (_udp is not null)
            {
                new PacketPath(output, _udp.Server, _udp.Socket).Send(message[..length]);
            }
            else
            {
                new PacketPath(_stream!).Send(message[..length]);
            }
        }
    }

    /// <summary>Gives the relay back; the viewer hears no more of it.</summary>
    public void Leave(TimeSpan now)
    {
        IsLeaving = true;
        Viewer = null;
        Client.Release(now);
        _context.Farewells.Add(this);
    }

    /// <summary>Closes the carrier. What waits for its socket is dropped.</summary>
    public void Close(UdpSendBatch output)
    {
        if (_udp is not null)
        {
            output.Forget(_udp.Socket);
        }
        Dispose();
    }

    /// <inheritdoc />
    public void Dispose() => _carrier.Dispose();

    private static IPAddress LocalFor(IPAddress bind, in TransportAddress server)
    {
        var isAny = bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any);
        return !isAny ? bind
            : server.IsIPv6 ? IPAddress.IPv6Any
            : IPAddress.Any;
    }
}
