// The RTMP server over real sockets on loopback: what readers and publishers get, and who is kept out.
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mumu.Media.Outputs.Rtmp;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Rtsp;
using Mumu.Media.Tests.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Outputs;

public sealed class RtmpServerTests
{
    private static string HashOf(ReadOnlySpan<byte> data) => Convert.ToHexString(SHA256.HashData(data));

    // Nothing lost, nothing out of order, every step of time as it was, but for the millisecond that RTMP rounds to.
    private static void AssertSame(IReadOnlyList<(string Hash, long Time)> sent, List<Published> got)
    {
        var first = sent.ToList().FindIndex(u => u.Hash == HashOf(got[0].Data));
        Assert.True(first >= 0, "the first picture is one that was sent");
        for (var i = 0; i < got.Count; i++)
        {
            Assert.Equal((i, sent[first + i].Hash), (i, HashOf(got[i].Data)));
            var off = sent[first + i].Time - sent[first].Time - (got[i].Timestamp - got[0].Timestamp);
            Assert.True(Math.Abs(off) <= 180, $"picture {i} is {off / 90.0} ms off");
        }
    }

    private sealed class Ledger : IUnitReader
    {
        private readonly Lock _gate = new();
        private readonly List<(string Hash, long Time)> _units = [];

        internal IReadOnlyList<(string Hash, long Time)> Units
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

    [Fact]
    public async Task Readers_get_every_frame_in_order_whenever_they_come()
    {
        await using var rig = new RtmpServerRig();
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        var first = rig.Read("sim");
        var early = await first.TakeAsync(40);
        var late = await rig.Read("sim").TakeAsync(60); // joins in the middle of a group
        early.AddRange(await first.TakeAsync(30));
        Assert.True(early[0].IsKeyFrame && late[0].IsKeyFrame);
        AssertSame(ledger.Units, early);
        AssertSame(ledger.Units, late);
        Assert.Equal(2, rig.Readers);
        Assert.All(rig.Joined, r => Assert.True(r.Bytes() > 10_000));
    }

    [Fact]
    public async Task What_is_published_is_read_by_others_frame_by_frame()
    {
        await using var rig = new RtmpServerRig();
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        _ = rig.PushAsync("pub/live");
        await Eventually.True(() => rig.Published.State == StreamState.Ready);
        Assert.Equal(("rtmp", "test"), (rig.Publication!.Publisher.Protocol, rig.Publication.Publisher.Key));
        var got = await rig.Read("pub/live").TakeAsync(60);
        AssertSame(ledger.Units, got);
    }

    [Fact]
    public async Task Rtmps_carries_the_same()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var rig = new RtmpServerRig(new RtmpServerSettings { Certificate = certificate });
        var ledger = new Ledger();
        using var reading = rig.Camera.AddReader(ledger);
        _ = rig.PushAsync("pub/live", isTls: true);
        await Eventually.True(() => rig.Published.State == StreamState.Ready);
        var got = await rig.Read("pub/live", isTls: true).TakeAsync(40);
        AssertSame(ledger.Units, got);
        Assert.Equal("rtmps", rig.Joined.Single().Protocol);
    }

    [Fact]
    public async Task A_new_publisher_takes_over_and_the_old_one_is_ended()
    {
        await using var rig = new RtmpServerRig();
        var first = rig.PushAsync("pub/live");
        await Eventually.True(() => rig.Published.State == StreamState.Ready);
        var was = rig.Publication;
        _ = rig.PushAsync("pub/live");
        var end = await Assert.ThrowsAsync<SourceException>(() =>
            first.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
        Assert.DoesNotContain(RtmpServerRig.Key, end.Message, StringComparison.Ordinal);
        await Eventually.True(() => rig.Publication is { } now && now != was && rig.Published.State == StreamState.Ready);
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key()
    {
        await using var rig = new RtmpServerRig();
        var wrong = new RtmpSource(rig.Address("sim", key: "wrong"), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<SourceException>(() => wrong.RunAsync(new RecordingSink(), CancellationToken.None));
        Assert.Equal(SourceFailure.WrongPassword, failure.Failure);
        var missing = new RtmpSource(rig.Address("nothing"), TimeProvider.System);
        failure = await Assert.ThrowsAsync<SourceException>(() => missing.RunAsync(new RecordingSink(), CancellationToken.None));
        Assert.Equal(SourceFailure.NotFound, failure.Failure);
        var push = new RtmpPush(rig.Address("pub/live", key: "wrong"), TimeProvider.System);
        failure = await Assert.ThrowsAsync<SourceException>(() => push.RunAsync(rig.Camera, () => { }, CancellationToken.None));
        Assert.Equal(SourceFailure.WrongPassword, failure.Failure);
        Assert.Equal(0, rig.Readers);
    }

    [Fact]
    public async Task Readers_end_with_the_path_and_are_kicked()
    {
        await using var rig = new RtmpServerRig();
        var source = new RtmpSource(rig.Address("sim"), TimeProvider.System);
        var run = source.RunAsync(new RecordingSink(), CancellationToken.None);
        await Eventually.True(() => rig.Readers == 1);
        rig.Joined.Single().Kick();
        await Assert.ThrowsAsync<SourceException>(() => run.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        run = source.RunAsync(new RecordingSink(), CancellationToken.None);
        await Eventually.True(() => rig.Readers == 1);
        rig.Retire();
        await Assert.ThrowsAsync<SourceException>(() => run.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await Eventually.True(() => rig.Readers == 0);
    }

    [Fact]
    public async Task Very_many_idle_connections_keep_nobody_out()
    {
        await using var rig = new RtmpServerRig(new RtmpServerSettings { MaxConnections = 50, MaxConnectionsOfAddress = 40 });
        var first = rig.Read("sim");
        await first.TakeAsync(5);
        var idle = new List<TcpClient>();
        for (var i = 0; i < 200; i++)
        {
            idle.Add(await rig.ConnectAsync());
            await idle[^1].GetStream().WriteAsync(new byte[] { 3 }, TestContext.Current.CancellationToken);
        }
        await rig.Read("sim").TakeAsync(5);
        await Eventually.True(() => rig.Listener.Connections <= 40);
        await first.TakeAsync(5); // who plays is not given up
        idle.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_ends_alone()
    {
        await using var rig = new RtmpServerRig(new RtmpServerSettings { StallTimeout = TimeSpan.FromSeconds(2) });
        var publication = await rig.PublishAsync();
        publication.Announce([new TrackFormat(MediaKind.Video, Codec.Vp8, 90_000, 0, ReadOnlyMemory<byte>.Empty)]);
        var key = new byte[200_000];
        new byte[] { 0x10, 2, 0, 0x9D, 0x01, 0x2A, 0x40, 1, 0xF0, 0 }.CopyTo(key, 0);
        Publish(publication, key, 0, true);
        var stuck = new TcpClient { ReceiveBufferSize = 4096 };
        using var _ = stuck;
        await stuck.ConnectAsync(System.Net.IPAddress.Loopback, rig.Listener.Port, TestContext.Current.CancellationToken);
        await RawRtmpReader.PlayAsync(stuck.GetStream(), rig.Address("pub/live").Uri);
        await Eventually.True(() => rig.Readers == 1);
        var other = rig.Read("pub/live");
        await other.TakeAsync(1);
        for (var time = 3000L; rig.Readers > 1 || time < 30_000; time += 3000)
        {
            Publish(publication, key, time, true);
            await other.TakeAsync(1); // gets everything meanwhile
        }
    }

    [Fact]
    public async Task Every_format_goes_through_with_sound_beside_the_picture()
    {
        await using var rig = new RtmpServerRig();
        foreach (var codec in new[] { Codec.Vp8, Codec.Vp9, Codec.Av1 })
        {
            var publication = await rig.PublishAsync();
            publication.Announce([
                new TrackFormat(MediaKind.Video, codec, 90_000, 0, ReadOnlyMemory<byte>.Empty),
                new TrackFormat(MediaKind.Audio, Codec.Opus, 48_000, 2, ReadOnlyMemory<byte>.Empty),
            ]);
            var key = codec switch
            {
                Codec.Vp8 => new byte[] { 0x10, 2, 0, 0x9D, 0x01, 0x2A, 0x40, 1, 0xF0, 0, 7 },
                Codec.Vp9 => [0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xF0, 0x0E, 0xF6, 0x00, 7],
                _ => [0x0A, 0x0B, 0, 0, 0, 0x04, 0x3C, 0xFF, 0xBC, 0xFF, 0xF9, 0x94, 0x04, 0x32, 1, 0x10],
            };
            for (var i = 0; i < 20; i++)
            {
                Publish(publication, key, i * 3600, true);
                var sound = Unit.Copy([0xFC, (byte)i]);
                (sound.Track, sound.Timestamp, sound.IsKeyFrame) = (1, i * 1920, true);
                publication.Publish(sound);
            }
            var sink = rig.Read("pub/live");
            var got = await sink.TakeAsync(2);
            Assert.Equal([codec, Codec.Opus], sink.Tracks.Select(t => t.Codec));
            Assert.Equal(key, got[0].Data);
            Assert.Equal([0xFC, 19], got[1].Data);
            Assert.Equal(got[0].Timestamp / 90, got[1].Timestamp / 48);
        }
    }

    private static void Publish(Mumu.Media.Publishing.Publication publication, byte[] data, long time, bool isKeyFrame)
    {
        var unit = Unit.Copy(data);
        (unit.Timestamp, unit.IsKeyFrame, unit.Arrival) = (time, isKeyFrame, TimeProvider.System.GetElapsedTime(0));
        publication.Publish(unit);
    }
}
