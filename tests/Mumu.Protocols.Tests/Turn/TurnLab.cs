// A TURN server under virtual time, with a driver that binds make-believe sockets, and a client that can be made to lie.
using System.Net;
using System.Text;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

internal sealed class TurnLab
{
    public const string Secret = "not so secret";
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly TransportAddress Peer = At("93.184.216.34", 5000);
    private ulong _transactions;
    private int _relayPort = 49152;

    public TurnLab(Func<TurnServerOptions, TurnServerOptions>? change = null)
    {
        var options = new TurnServerOptions { Secret = Encoding.UTF8.GetBytes(Secret), NonceKey = new byte[32] };
        Server = new TurnServer(change?.Invoke(options) ?? options, Epoch, TimeSpan.Zero);
    }

    public TurnServer Server { get; }
    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(10);
    public bool HasSockets { get; set; } = true;
    public bool HasSocketsIPv6 { get; set; } = true;
    public string RelayAddressIPv6 { get; set; } = "2606:2800:220:1::1";
    public string RelayAddress { get; set; } = "93.184.216.1";
    public List<(byte[] Bytes, TurnRoute Route)> Sent { get; } = [];
    public List<TurnCommand> Commands { get; } = [];

    public static TransportAddress At(string address, int port) => TransportAddress.From(IPAddress.Parse(address), port);

    public static FlowId Client(int port = 40000) => new(0, At("93.184.216.99", port));

    public static string User(string identifier = "anna", int seconds = 3600) => $"{Epoch.ToUnixTimeSeconds() + seconds}:{identifier}";

    /// <summary>Gives the server a datagram and carries out what it wishes; what it sent is in <see cref="Sent"/>.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, FlowId? client = null)
    {
        Sent.Clear();
        Server.Receive(datagram, client ?? Client(), Now);
        Drain();
    }

    public void ReceiveFromPeer(int relay, ReadOnlySpan<byte> datagram, in TransportAddress peer)
    {
        Sent.Clear();
        Server.ReceiveFromPeer(relay, datagram, peer, Now);
        Drain();
    }

    public void Drain()
    {
        while (Server.TryRead(out var command))
        {
            Commands.Add(command);
            if (command.Kind == TurnCommandKind.OpenRelay && HasSockets && (HasSocketsIPv6 || !command.IsIPv6))
            {
                Server.RelayOpened(command.Relay, At(command.IsIPv6 ? RelayAddressIPv6 : RelayAddress, _relayPort++), Now);
            }
            else if (command.Kind == TurnCommandKind.OpenRelay)
            {
                Server.RelayFailed(command.Relay, Now);
            }
        }
        while (Server.TryTransmit(out var datagram, out var route))
        {
            Sent.Add((datagram.ToArray(), route));
        }
    }

    /// <summary>A whole request; with a user it is signed under a nonce fetched first, unless one is given.</summary>
    public byte[] Request(
        StunMethod method,
        Attributes? attributes = null,
        string? user = null,
        FlowId? client = null,
        string? secret = null,
        byte[]? nonce = null,
        StunTransactionId? id = null
    )
    {
        nonce ??= user is null ? null : Nonce(client);
        var buffer = new byte[1500];
        var writer = new StunWriter(buffer, StunClass.Request, method, id ?? new StunTransactionId(7, ++_transactions));
        attributes?.Invoke(ref writer);
        if (user is not null)
        {
            writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(user));
            writer.Write(StunAttribute.Realm, "mumu"u8);
            writer.Write(StunAttribute.Nonce, nonce);
            writer.WriteIntegrity(Key(user, secret ?? Secret));
        }
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    public delegate void Attributes(ref StunWriter writer);

    public static byte[] Key(string user, string secret = Secret)
    {
        var key = new byte[TurnCredential.KeyLength];
        TurnCredential.WriteKey(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(user), "mumu"u8, key);
        return key;
    }

    public byte[] Nonce(FlowId? client = null)
    {
        Receive(Request(StunMethod.Allocate), client);
        Assert.True(StunMessage.TryParse(Assert.Single(Sent).Bytes, out var answer));
        Assert.True(answer.TryGet(StunAttribute.Nonce, out var nonce));
        return nonce.ToArray();
    }

    /// <summary>Sends a signed request and returns 0, or the code of the refusal; the answer must be signed.</summary>
    public int Ask(StunMethod method, Attributes? attributes, string? user = null, FlowId? client = null)
    {
        user ??= User();
        Receive(Request(method, attributes, user, client), client);
        Assert.True(StunMessage.TryParse(Assert.Single(Sent).Bytes, out var answer));
        Assert.Equal(new TurnRoute(false, 0, (client ?? Client()).Remote), Sent[0].Route);
        var code = answer.TryGetError(out var error) ? error.Code : 0;
        Assert.True(code is 401 or 438 || answer.HasIntegrity(Key(user)));
        return code;
    }

    public int Allocate(string? user = null, FlowId? client = null, uint? lifetime = null) =>
        Ask(
            StunMethod.Allocate,
            (ref StunWriter w) =>
            {
                w.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
                if (lifetime is { } seconds)
                {
                    w.WriteUInt32(StunAttribute.Lifetime, seconds);
                }
            },
            user,
            client
        );

    public int Permit(TransportAddress peer, FlowId? client = null) =>
        Ask(StunMethod.CreatePermission, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, peer), null, client);

    public int Bind(int channel, TransportAddress peer, FlowId? client = null) =>
        Ask(
            StunMethod.ChannelBind,
            (ref StunWriter w) =>
            {
                w.WriteUInt32(StunAttribute.ChannelNumber, (uint)channel << 16);
                w.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
            },
            null,
            client
        );

    public int Refresh(uint lifetime, string? user = null) =>
        Ask(StunMethod.Refresh, (ref StunWriter w) => w.WriteUInt32(StunAttribute.Lifetime, lifetime), user);

    public uint LastLifetime()
    {
        Assert.True(StunMessage.TryParse(Sent[^1].Bytes, out var answer));
        Assert.True(answer.TryGetUInt32(StunAttribute.Lifetime, out var lifetime));
        return lifetime;
    }

    public TransportAddress LastRelayed()
    {
        Assert.True(StunMessage.TryParse(Sent[^1].Bytes, out var answer));
        Assert.True(answer.TryGetXorAddress(StunAttribute.XorRelayedAddress, out var relayed));
        return relayed;
    }

    public static byte[] SendIndication(TransportAddress peer, ReadOnlySpan<byte> data)
    {
        var buffer = new byte[1500];
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Send, new StunTransactionId(1, 1));
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        writer.Write(StunAttribute.Data, data);
        return buffer[..writer.Length];
    }

    public static byte[] ChannelData(int channel, ReadOnlySpan<byte> data) =>
        [(byte)(channel >> 8), (byte)channel, (byte)(data.Length >> 8), (byte)data.Length, .. data];
}
