// The RTSP server over real sockets on loopback: what readers and publishers get, and who is kept out.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Rtsp;
using Mumu.Media.Tests.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Outputs;

public sealed class RtspServerTests
{
    /// <summary>Keeps what a stream hands its readers, to compare with what reaches the far end.</summary>
    private sealed class Ledger : IUnitReader
    {
        private readonly Lock _gate = new();
        private readonly List<(string Hash, long Time)> _units = [];

        internal List<(string Hash, long Time)> Units
        {
            get
            {
                lock (_gate)
                {
                    return [.. _units];
                }
            }
        }

        public void OnTracks(IReadOnlyList<TrackFormat> tracks) { }

        public void OnState(StreamState state, string? message) { }

        public void OnUnit(Unit unit, bool isBacklog)
        {
            lock (_gate)
            {
                _units.Add((HashOf(unit.Data), unit.Timestamp));
            }
        }
    }

    private static string HashOf(ReadOnlySpan<byte> data) => Convert.ToHexString(SHA256.HashData(data));

    // Nothing lost, nothing out of order, every step of time as it was.
    private static void AssertSame(List<(string Hash, long Time)> sent, List<Published> got)
    {
        var first = sent.FindIndex(u => u.Hash == HashOf(got[0].Data));
        Assert.True(first >= 0, "the first picture is one that was sent");
        for (var i = 0; i < got.Count; i++)
        {
            Assert.Equal((i, sent[first + i].Hash), (i, HashOf(got[i].Data)));
            Assert.Equal((i, sent[first + i].Time - sent[first].Time), (i, got[i].Timestamp - got[0].Timestamp));
        }
    }

    [Theory]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task Readers_get_every_frame_in_order_however_they_come(RtspTransportMode transport)
    {
        await using var rig = new RtspServerRig();
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        var first = rig.Read("sim", transport);
        var early = await first.TakeAsync(40);
        var second = rig.Read("sim", transport); // joins in the middle of a group
        var late = await second.TakeAsync(90);
        early.AddRange(await first.TakeAsync(60));
        Assert.True(early[0].IsKeyFrame && late[0].IsKeyFrame);
        AssertSame(ledger.Units, early);
        AssertSame(ledger.Units, late);
        Assert.Equal(2, rig.Readers);
        Assert.All(rig.Joined, r => Assert.True(r.Bytes() > 10_000));
    }

    [Theory]
    [InlineData("RTP/AVP/TCP;unicast;interleaved=0-1;mode=record", false)]
    [InlineData("RTP/AVP/UDP;unicast;client_port={0}-{1};mode=record", true)]
    public async Task What_is_published_is_read_by_others_frame_by_frame(string transport, bool isUdp)
    {
        await using var rig = new RtspServerRig();
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        using var player = await rig.ConnectAsync();
        await player.PlayAsync("sim");
        var description = player.Body;

        using var publisher = await rig.ConnectAsync();
        using var rtp = Udp();
        using var rtcp = Udp();
        var way = string.Format(System.Globalization.CultureInfo.InvariantCulture, transport, PortOf(rtp), PortOf(rtcp));
        Assert.StartsWith(
            "RTSP/1.0 200",
            await publisher.AskAsync("ANNOUNCE", "pub/live", "Content-Type: application/sdp\r\n", description),
            StringComparison.Ordinal
        );
        var answer = await publisher.AskAsync("SETUP", "pub/live/trackID=0", $"Transport: {way}\r\n");
        Assert.StartsWith("RTSP/1.0 200", answer, StringComparison.Ordinal);
        Assert.StartsWith("RTSP/1.0 200", await publisher.AskAsync("RECORD", "pub/live"), StringComparison.Ordinal);
        var serverPort = isUdp
            ? int.Parse(answer.Split("server_port=")[1].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture)
            : 0;

        var sink = (RecordingSink?)null;
        List<Published>? got = null;
        var take = Task.CompletedTask;
        for (var i = 0; got is null; i++)
        {
            var (channel, packet) = await player.PacketAsync();
            if (isUdp)
            {
                var socket = channel == 0 ? rtp : rtcp;
                await socket.SendToAsync(packet, new IPEndPoint(IPAddress.Loopback, serverPort + channel));
            }
            else
            {
                await publisher.SendAsync(RawRtspClient.Framed(channel, packet));
            }
            if (sink is null && rig.Published.State == StreamState.Ready)
            {
                sink = rig.Read("pub/live", RtspTransportMode.Tcp);
                var all = sink;
                take = Task.Run(async () => got = await all.TakeAsync(60));
            }
        }
        await take;
        AssertSame(ledger.Units, got);
        Assert.Equal("rtsp", rig.Publication!.Publisher.Protocol);
        Assert.StartsWith("RTSP/1.0 200", await publisher.AskAsync("TEARDOWN", "pub/live"), StringComparison.Ordinal);
        await Eventually.True(() => rig.Publication is null);
    }

    [Fact]
    public async Task Rtsps_carries_the_same()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var rig = new RtspServerRig(new RtspServerSettings { Certificate = certificate });
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        var got = await rig.Read("sim", RtspTransportMode.Auto, isTls: true).TakeAsync(60);
        AssertSame(ledger.Units, got);
        Assert.Equal("rtsps", rig.Joined.Single().Protocol);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_ends_alone()
    {
        await using var rig = new RtspServerRig(new RtspServerSettings { StallTimeout = TimeSpan.FromSeconds(2) });
        using var stuck = await rig.ConnectAsync();
        stuck.Socket.ReceiveBufferSize = 4096;
        await stuck.PlayAsync("sim");
        var sink = rig.Read("sim", RtspTransportMode.Tcp);
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        await sink.TakeAsync(30);
        // The stream itself would fill the kernel's buffers only in a long while.
        await Eventually.True(() => AskAgain(stuck) && rig.Readers == 1);
        var got = await sink.TakeAsync(60);
        AssertSame(ledger.Units, got);
    }

    // PAUSE and PLAY send the whole group again each time.
    private static bool AskAgain(RawRtspClient stuck)
    {
        string[] requests = ["PAUSE", "PLAY"];
        var text = string.Concat(
            requests.Select(r => $"{r} rtsp://127.0.0.1/sim RTSP/1.0\r\nCSeq: 90\r\nSession: {stuck.Session}\r\n\r\n")
        );
        try
        {
            stuck.Socket.Send(System.Text.Encoding.ASCII.GetBytes(text));
        }
        catch (SocketException)
        {
            // It was ended, as it should be.
        }
        return true;
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key()
    {
        await using var rig = new RtspServerRig();
        var options = new RtspOptions { Uri = new Uri($"rtsp://any:wrong@127.0.0.1:{rig.Listener.Port}/sim") };
        var failure = await Assert.ThrowsAsync<SourceException>(() =>
            new RtspSource(options, TimeProvider.System).RunAsync(new RecordingSink(), CancellationToken.None)
        );
        Assert.Equal(SourceFailure.WrongPassword, failure.Failure);
        using var raw = await rig.ConnectAsync();
        Assert.StartsWith("RTSP/1.0 404", await raw.AskAsync("DESCRIBE", "nothing"), StringComparison.Ordinal);
        Assert.StartsWith(
            "RTSP/1.0 404",
            await raw.AskAsync("SETUP", "sim/trackID=3", "Transport: RTP/AVP/TCP\r\n"),
            StringComparison.Ordinal
        );
        Assert.Equal(0, rig.Readers);
    }

    [Fact]
    public async Task Readers_end_with_the_path_and_are_kicked()
    {
        await using var rig = new RtspServerRig();
        using var kicked = await rig.ConnectAsync();
        await kicked.PlayAsync("sim");
        rig.Joined.Single().Kick();
        await kicked.ClosedAsync();
        using var reader = await rig.ConnectAsync();
        await reader.PlayAsync("sim");
        rig.Retire();
        await reader.ClosedAsync();
        await Eventually.True(() => rig.Readers == 0);
    }

    [Fact]
    public async Task Very_many_idle_connections_keep_nobody_out()
    {
        await using var rig = new RtspServerRig(new RtspServerSettings { MaxConnections = 50, MaxConnectionsOfAddress = 40 });
        using var first = await rig.ConnectAsync();
        await first.PlayAsync("sim");
        var idle = new List<RawRtspClient>();
        for (var i = 0; i < 200; i++)
        {
            idle.Add(await rig.ConnectAsync());
            await idle[^1].SendAsync("D"u8.ToArray());
        }
        using var honest = await rig.ConnectAsync();
        Assert.StartsWith("RTSP/1.0 200", await honest.PlayAsync("sim"), StringComparison.Ordinal);
        await Eventually.True(() => rig.Listener.Connections <= 40);
        await first.PacketAsync(); // who plays is not given up
        idle.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task A_client_may_choose_its_own_channels()
    {
        await using var rig = new RtspServerRig();
        using var client = await rig.ConnectAsync();
        await client.PlayAsync("sim", "RTP/AVP/TCP;unicast;interleaved=8-9");
        for (var i = 0; i < 30; i++)
        {
            var (channel, packet) = await client.PacketAsync();
            Assert.Equal(packet[1] is 200 ? 9 : 8, channel);
        }
    }

    [Fact]
    public async Task Sound_and_picture_begin_at_one_moment_and_the_sound_may_be_had_alone()
    {
        await using var rig = new RtspServerRig();
        var publication = await rig.PublishAsync();
        publication.Announce([
            new TrackFormat(MediaKind.Video, Codec.H264, 90_000, 0, ReadOnlyMemory<byte>.Empty),
            new TrackFormat(MediaKind.Audio, Codec.Pcma, 8_000, 1, ReadOnlyMemory<byte>.Empty),
        ]);
        for (var i = 0; i < 50; i++)
        {
            Publish(publication, 0, i * 3600, i % 25 == 0);
            Publish(publication, 1, i * 320, true);
        }
        using var both = await rig.ConnectAsync();
        await both.AskAsync("SETUP", "pub/live/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1\r\n");
        await both.AskAsync("SETUP", "pub/live/trackID=1", "Transport: RTP/AVP/TCP;interleaved=2-3\r\n");
        var info = RawRtspClient.Field(await both.AskAsync("PLAY", "pub/live"), "RTP-Info")!;
        var picture = await FirstOfAsync(both, 0);
        var sound = await FirstOfAsync(both, 2);
        uint[] beginnings =
        [
            .. info.Split("rtptime=").Skip(1).Select(t => uint.Parse(t.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(beginnings[0], TimeOf(picture)); // the key frame is the moment
        Assert.Equal(beginnings[1], TimeOf(sound));

        using var alone = await rig.ConnectAsync();
        await alone.AskAsync("SETUP", "pub/live/trackID=1", "Transport: RTP/AVP/TCP;interleaved=0-1\r\n");
        await alone.AskAsync("PLAY", "pub/live");
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(8, (await FirstOfAsync(alone, 0))[1] & 0x7F); // PCMA's payload type, and nothing else
        }
    }

    private static void Publish(Mumu.Media.Publishing.Publication publication, int track, long time, bool isKeyFrame)
    {
        var unit = Unit.Copy(track == 0 ? [0, 0, 0, 3, (byte)(isKeyFrame ? 0x65 : 0x41), 0x88, 1] : new byte[320]);
        (unit.Track, unit.Timestamp, unit.IsKeyFrame, unit.Arrival) = (track, time, isKeyFrame, TimeProvider.System.GetElapsedTime(0));
        publication.Publish(unit);
    }

    private static uint TimeOf(byte[] packet) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));

    private static async Task<byte[]> FirstOfAsync(RawRtspClient client, int channel)
    {
        while (true)
        {
            var (found, packet) = await client.PacketAsync();
            if (found == channel)
            {
                return packet;
            }
        }
    }

    private static Socket Udp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
