// A small TURN client over UDP or TCP that says what it is told to and waits for the answer.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mumu.Protocols.Stun;

namespace Mumu.Turn.Tests.Harness;

/// <summary>One flow to a server, with the credential it was given.</summary>
internal sealed class TurnTestClient : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private readonly Socket _socket;
    private readonly byte[] _user;
    private readonly byte[] _key;
    private readonly byte[] _realm = "mumu"u8.ToArray();
    private byte[] _nonce = [];
    private readonly StreamFrames? _frames;
    private byte[] _unread = [];
    private ulong _transactions;

    public TurnTestClient(IPEndPoint server, string user, string password, bool overTcp = false)
    {
        _socket = overTcp
            ? new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _frames = overTcp ? new StreamFrames(StreamFraming.Turn) : null;
        _socket.Connect(server);
        _user = Encoding.UTF8.GetBytes(user);
#pragma warning disable CA5351 // The key that RFC 8489 §9.2.2 defines.
        _key = MD5.HashData(Encoding.UTF8.GetBytes($"{user}:mumu:{password}"));
#pragma warning restore CA5351
    }

    public delegate void Attributes(ref StunWriter writer);

    /// <summary>Where peers reach this client, once it has an allocation.</summary>
    public TransportAddress Relayed { get; private set; }

    /// <summary>The last CONNECTION-ID that an answer bore.</summary>
    public uint ConnectionId { get; private set; }

    /// <summary>What follows on this connection, once it is bound to a peer's: bytes and no messages.</summary>
    public Socket Socket => _socket;

    /// <summary>What of these bytes has come already, behind the last message.</summary>
    public ReadOnlyMemory<byte> Unread => _unread;

    /// <summary>Asks until it has an answer that is not about the nonce: 0, or the code of the refusal.</summary>
    public async Task<int> AskAsync(StunMethod method, Attributes attributes)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await ExchangeAsync(Request(method, attributes));
            Assert.True(StunMessage.TryParse(answer, out var message));
            if (message.TryGetXorAddress(StunAttribute.XorRelayedAddress, out var relayed))
            {
                Relayed = relayed;
            }
            ConnectionId = message.TryGetUInt32(StunAttribute.ConnectionId, out var connection) ? connection : ConnectionId;
            var code = message.TryGetError(out var error) ? error.Code : 0;
            if (code is not (401 or 438) || tries == 2)
            {
                return code;
            }
            Assert.True(message.TryGet(StunAttribute.Nonce, out var nonce));
            _nonce = nonce.ToArray();
        }
    }

    public Task<int> AllocateAsync() =>
        AskAsync(StunMethod.Allocate, (ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24));

    public Task<int> AllocateTcpAsync() =>
        AskAsync(StunMethod.Allocate, (ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 6u << 24));

    public Task<int> ConnectAsync(TransportAddress peer) =>
        AskAsync(StunMethod.Connect, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, peer));

    public Task<int> BindConnectionAsync(uint id) =>
        AskAsync(StunMethod.ConnectionBind, (ref StunWriter w) => w.WriteUInt32(StunAttribute.ConnectionId, id));

    public Task<int> PermitAsync(TransportAddress peer) =>
        AskAsync(StunMethod.CreatePermission, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, peer));

    public Task<int> BindAsync(int channel, TransportAddress peer) =>
        AskAsync(
            StunMethod.ChannelBind,
            (ref StunWriter w) =>
            {
                w.WriteUInt32(StunAttribute.ChannelNumber, (uint)channel << 16);
                w.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
            }
        );

    /// <summary>Sends bytes as they are.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public void SendOnChannel(int channel, ReadOnlySpan<byte> data)
    {
        byte[] padding = new byte[_frames is null ? 0 : -data.Length & 3];
        _socket.Send([(byte)(channel >> 8), (byte)channel, (byte)(data.Length >> 8), (byte)data.Length, .. data, .. padding]);
    }

    public void SendTo(TransportAddress peer, ReadOnlySpan<byte> data)
    {
        var buffer = new byte[1500];
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Send, new StunTransactionId(1, ++_transactions));
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        writer.Write(StunAttribute.Data, data);
        _socket.Send(buffer.AsSpan(0, writer.Length));
    }

    /// <summary>The next message; null if none comes in time, and none of no length at the end of a connection.</summary>
    public async Task<byte[]?> ReceiveAsync(TimeSpan? limit = null)
    {
        var buffer = new byte[2048];
        using var patience = new CancellationTokenSource(limit ?? s_limit);
        try
        {
            while (true)
            {
                if (_frames is not null && TryCut(out var message))
                {
                    return message;
                }
                var length = await _socket.ReceiveAsync(buffer, patience.Token);
                if (_frames is null || length == 0)
                {
                    return buffer[..length];
                }
                _unread = [.. _unread, .. buffer.AsSpan(0, length)];
            }
        }
        catch (SocketException) when (_frames is not null)
        {
            return []; // reset by the server
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sends a whole message and returns the answer; asks again where none comes.</summary>
    public async Task<byte[]> ExchangeAsync(byte[] request)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            _socket.Send(request);
            if (await ReceiveAsync(TimeSpan.FromSeconds(2)) is { } answer)
            {
                return answer;
            }
        }
        throw new TimeoutException("The TURN server did not answer.");
    }

    public void Dispose() => _socket.Dispose();

    private bool TryCut(out byte[] message)
    {
        ReadOnlySpan<byte> bytes = _unread;
        var isWhole = _frames!.TryRead(ref bytes, out var cut);
        message = cut.ToArray();
        _unread = bytes.ToArray();
        return isWhole;
    }

    private byte[] Request(StunMethod method, Attributes attributes)
    {
        var buffer = new byte[1500];
        var writer = new StunWriter(buffer, StunClass.Request, method, new StunTransactionId(2, ++_transactions));
        attributes(ref writer);
        if (_nonce.Length > 0)
        {
            writer.Write(StunAttribute.Username, _user);
            writer.Write(StunAttribute.Realm, _realm);
            writer.Write(StunAttribute.Nonce, _nonce);
            writer.WriteIntegrity(_key);
        }
        return buffer[..writer.Length];
    }
}
