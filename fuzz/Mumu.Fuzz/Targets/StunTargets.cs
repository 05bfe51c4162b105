// STUN, TURN's server and client, ICE, and the framing of both over TCP.
using System.Net;
using System.Text;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Fuzz.Targets;

internal static class StunTargets
{
    private const int MostRequests = 64; // each costs signatures: the time is for one input
    private const string Secret = "fuzz";
    private static readonly DateTimeOffset s_clock = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(10);
    private static readonly IPAddress s_peerAddress = IPAddress.Parse("93.184.216.34");
    private static readonly TransportAddress s_peer = TransportAddress.From(s_peerAddress, 4000);
    private static readonly FlowId s_flow = new(0, s_peer);
    private static readonly string s_user = $"{s_clock.ToUnixTimeSeconds() + 3600}:fuzz";
    private static readonly IceCredentials s_local = new("abcd", "0123456789012345678901");
    private static readonly IceCredentials s_remote = new("wxyz", "9876543210987654321098");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("stun", [Binding(), AllocateAnswer()], ReadStun),
        new(
            "stun-frames-turn",
            [
                [.. Binding(), 0x40, 0, 0, 3, 1, 2, 3, 0, .. Binding()],
            ],
            bytes => ReadFrames(StreamFraming.Turn, bytes)
        ),
        new(
            "stun-frames-rfc4571",
            [
                [0, 4, 1, 2, 3, 4, 0, 0, 0, 1, 9],
            ],
            bytes => ReadFrames(StreamFraming.LengthPrefixed, bytes)
        ),
        new("turn-server", [Pieces.Of([(0, Unsigned()), (0, Binding()), (0, [0x40, 0, 0, 4, 1, 2, 3, 4])])], ServeUnsigned)
        {
            Room = 32 * 1024,
        },
        new("turn-server-signed", [Pieces.Of(Requests())], ServeSigned) { Room = 64 * 1024 },
        new("turn-client", [Pieces.Of([(0, AllocateAnswer()), (0, Binding())])], RunClient) { Room = 32 * 1024 },
        new("ice-agent", [Pieces.Of([(0, Check()), (0, Binding())])], RunIce) { Room = 64 * 1024 },
    ];

    private static void ReadStun(ReadOnlySpan<byte> bytes)
    {
        if (!StunMessage.TryParse(bytes, out var message))
        {
            return;
        }
        Span<ushort> unknown = stackalloc ushort[8];
        message.FindUnknownRequired([StunAttribute.Username], unknown);
        message.TryGetMappedAddress(out _);
        message.TryGetError(out _);
        message.TryGetUInt32(StunAttribute.Priority, out _);
        message.TryGetUInt64(StunAttribute.IceControlling, out _);
        message.HasIntegrity("key"u8);
        var at = 0;
        while (message.TryGetNext(StunAttribute.XorPeerAddress, ref at, out var value))
        {
            message.TryReadXorAddress(value, out _);
        }
    }

    private static void ReadFrames(StreamFraming framing, ReadOnlySpan<byte> bytes)
    {
        var frames = new StreamFrames(framing);
        while (frames.TryRead(ref bytes, out _)) { }
    }

    private static TurnServer NewServer() =>
        new(new TurnServerOptions { Secret = Encoding.UTF8.GetBytes(Secret), NonceKey = new byte[32] }, s_clock, TimeSpan.Zero);

    private static void ServeUnsigned(ReadOnlySpan<byte> input)
    {
        var server = NewServer();
        for (var pieces = new Pieces(input); pieces.MoveNext(); Drain(server))
        {
            server.Receive(pieces.Current, s_flow, s_now);
        }
    }

    // What only someone with a credential reaches: the attributes are damaged, the signature is right.
    private static void ServeSigned(ReadOnlySpan<byte> input)
    {
        var server = NewServer();
        server.Receive(Unsigned(), s_flow, s_now);
        server.TryTransmit(out var refusal, out _);
        StunMessage.TryParse(refusal, out var answer);
        answer.TryGet(StunAttribute.Nonce, out var nonce);
        var nonceCopy = nonce.ToArray();
        var key = new byte[TurnCredential.KeyLength];
        TurnCredential.WriteKey(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(s_user), "mumu"u8, key);
        var buffer = new byte[StunMessage.MaxLength];
        var count = 0;
        for (var pieces = new Pieces(input); pieces.MoveNext() && count++ < MostRequests; Drain(server))
        {
            if (pieces.Current.Length > 600)
            {
                continue;
            }
            var method = (pieces.Flags % 6) switch
            {
                0 => StunMethod.Allocate,
                1 => StunMethod.Refresh,
                2 => StunMethod.CreatePermission,
                3 => StunMethod.ChannelBind,
                4 => StunMethod.Send,
                _ => StunMethod.Binding,
            };
            var kind = method == StunMethod.Send ? StunClass.Indication : StunClass.Request;
            var writer = new StunWriter(buffer, kind, method, new StunTransactionId(1, pieces.Flags));
            // The first two bytes of an attribute are its type, whatever the writer thinks of it.
            for (var rest = pieces.Current; rest.Length >= 3; )
            {
                var length = Math.Min((int)rest[2], rest.Length - 3);
                writer.Write((StunAttribute)(rest[0] << 8 | rest[1]), rest.Slice(3, length));
                rest = rest[(3 + length)..];
            }
            if (kind == StunClass.Request)
            {
                writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(s_user));
                writer.Write(StunAttribute.Realm, "mumu"u8);
                writer.Write(StunAttribute.Nonce, nonceCopy);
                writer.WriteIntegrity(key);
            }
            server.Receive(buffer.AsSpan(0, writer.Length), s_flow, s_now);
        }
        server.Tick(s_now + TimeSpan.FromHours(2));
        Drain(server);
    }

    private static void Drain(TurnServer server)
    {
        do
        {
            while (server.TryRead(out var command))
            {
                if (command.Kind == TurnCommandKind.OpenRelay)
                {
                    server.RelayOpened(command.Relay, TransportAddress.From(IPAddress.Parse("93.184.216.1"), 50000), s_now);
                    server.ReceiveFromPeer(command.Relay, "hello"u8, s_peer, s_now);
                }
            }
        } while (server.TryTransmit(out _, out _));
    }

    private static void RunClient(ReadOnlySpan<byte> input)
    {
        var client = new TurnClient(
            new TurnClientOptions
            {
                UserName = "anna",
                Password = "x",
                Random = new Random(1),
            }
        );
        var buffer = new byte[2048];
        client.Start(s_now);
        var now = s_now;
        for (var pieces = new Pieces(input); pieces.MoveNext(); now += TimeSpan.FromMilliseconds(100))
        {
            // An answer is believed only with the transaction's id of the request.
            var asked =
                client.TryTransmit(buffer, out var length) && length >= StunMessage.HeaderLength ? buffer.AsSpan(8, 12).ToArray() : null;
            var datagram = pieces.Current.ToArray();
            if (asked is not null && datagram.Length >= StunMessage.HeaderLength)
            {
                asked.CopyTo(datagram, 8);
            }
            client.Receive(datagram, now, out _, out _);
            while (client.TryRead(out _)) { }
            client.Tick(now);
        }
    }

    private static void RunIce(ReadOnlySpan<byte> input)
    {
        var agent = new IceAgent(
            new IceOptions
            {
                Role = IceRole.Controlled,
                Local = s_local,
                TieBreaker = 7,
                Random = new Random(1),
            }
        );
        agent.AddLocalBase(0, TransportAddress.From(IPAddress.Parse("192.0.2.1"), 9000));
        agent.SetRemote(s_remote, remoteIsLite: false);
        var buffer = new byte[2048];
        var now = s_now;
        for (var pieces = new Pieces(input); pieces.MoveNext(); now += TimeSpan.FromMilliseconds(50))
        {
            agent.Receive(pieces.Current, new FlowId(0, TransportAddress.From(s_peerAddress, 4000 + pieces.Flags)), now);
            agent.Tick(now);
            while (agent.TryTransmit(buffer, out _, out _)) { }
            while (agent.TryRead(out _)) { }
        }
    }

    private static byte[] Binding() =>
        Make(StunClass.Success, StunMethod.Binding, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorMappedAddress, s_peer));

    private static byte[] Unsigned() =>
        Make(StunClass.Request, StunMethod.Allocate, (ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24));

    private static byte[] AllocateAnswer() =>
        Make(
            StunClass.Success,
            StunMethod.Allocate,
            (ref StunWriter w) =>
            {
                w.WriteXorAddress(StunAttribute.XorRelayedAddress, s_peer);
                w.WriteXorAddress(StunAttribute.XorMappedAddress, s_peer);
                w.WriteUInt32(StunAttribute.Lifetime, 600);
                w.Write(StunAttribute.Nonce, "0123456789"u8);
                w.Write(StunAttribute.Realm, "mumu"u8);
            }
        );

    private static byte[] Check() =>
        Make(
            StunClass.Request,
            StunMethod.Binding,
            (ref StunWriter w) =>
            {
                w.Write(StunAttribute.Username, "abcd:wxyz"u8);
                w.WriteUInt32(StunAttribute.Priority, 0x6E0001FF);
                w.Write(StunAttribute.UseCandidate, []);
                w.WriteIntegrity(Encoding.UTF8.GetBytes(s_local.Password));
                w.WriteFingerprint();
            }
        );

    private static IEnumerable<(byte, byte[])> Requests() =>
        [
            (0, [0, 0x19, 4, 17, 0, 0, 0]), // Allocate: REQUESTED-TRANSPORT
            (2, [0, 0x12, 8, 0, 1, 0x2E, 0xB2, 0x7C, 0xAA, 0x1C, 0x60]), // CreatePermission: XOR-PEER-ADDRESS
            (3, [0, 0x0C, 4, 0x40, 1, 0, 0, 0, 0x12, 8, 0, 1, 0x2E, 0xB2, 0x7C, 0xAA, 0x1C, 0x60]), // ChannelBind
            (4, [0, 0x12, 8, 0, 1, 0x2E, 0xB2, 0x7C, 0xAA, 0x1C, 0x60, 0, 0x13, 4, 1, 2, 3, 4]), // Send indication
            (1, [0, 0x0D, 4, 0, 0, 2, 0x58]), // Refresh
            (1, [0, 0x0D, 4, 0, 0, 0, 0]),
        ];

    private delegate void Attributes(ref StunWriter writer);

    private static byte[] Make(StunClass kind, StunMethod method, Attributes attributes)
    {
        var buffer = new byte[1500];
        var writer = new StunWriter(buffer, kind, method, new StunTransactionId(1, 2));
        attributes(ref writer);
        return buffer[..writer.Length];
    }
}
