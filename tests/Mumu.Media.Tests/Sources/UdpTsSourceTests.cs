// Transport streams over UDP on loopback: unicast, multicast, in RTP, and what goes wrong.
using System.Net;
using System.Net.Sockets;
using Mumu.Media.Sources.MpegTs;
using Mumu.Media.Tests.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Tests.MpegTs;
using Mumu.Tests.Shared;

namespace Mumu.Media.Tests.Sources;

public sealed class UdpTsSourceTests
{
    private static UdpTsOptions Options(string url) =>
        UdpTsOptions.Parse(url, out var problem) ?? throw new InvalidOperationException(problem);

    // Sends a show over and over until the source has what the test wants.
    private static async Task<List<Published>> PlayAsync(UdpTsOptions options, IPEndPoint to, bool rtp, int units, bool multicast = false)
    {
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink();
        var run = new UdpTsSource(options, TimeProvider.System).RunAsync(sink, stop.Token);
        var taken = sink.TakeAsync(units);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (multicast)
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, 1);
        }
        var show = TsMedia.Show(20).Bytes();
        for (var start = 0L; !taken.IsCompleted && !run.IsCompleted; start += 20 * 3_600)
        {
            show = TsMedia.Show(20, 90_000 + start).Bytes();
            for (var at = 0; at < show.Length; at += 1_316)
            {
                var part = show.AsSpan(at, Math.Min(1_316, show.Length - at));
                socket.SendTo(rtp ? [0x80, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, .. part] : part.ToArray(), to);
            }
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        if (run.IsCompleted)
        {
            await run;
        }
        var got = await taken;
        Assert.Equal([Codec.H264, Codec.Aac], sink.Tracks.Select(t => t.Codec));
        Assert.Equal((MediaKind.Video, MediaKind.Audio), (sink.Tracks[0].Kind, sink.Tracks[1].Kind));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return got;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_sent_here_plays(bool rtp)
    {
        var port = FreePort.Take();
        var got = await PlayAsync(Options($"udp://127.0.0.1:{port}"), new IPEndPoint(IPAddress.Loopback, port), rtp, 60);
        var pictures = got.Where(u => u.Track == 0).ToArray();
        Assert.True(pictures[0].IsKeyFrame);
        Assert.Equal(0, pictures[0].Timestamp);
        Assert.All(got, u => Assert.True(u.Timestamp >= 0));
        Assert.All(pictures.Zip(pictures.Skip(1)), pair => Assert.True(pair.Second.Timestamp > pair.First.Timestamp));
    }

    [Fact]
    public async Task A_multicast_group_is_joined()
    {
        var port = FreePort.Take();
        var group = new IPEndPoint(IPAddress.Parse("239.255.77.5"), port);
        await PlayAsync(Options($"udp://@239.255.77.5:{port}?interface=127.0.0.1"), group, false, 30, multicast: true);
    }

    [Fact]
    public async Task Silence_garbage_and_a_taken_port_are_told_in_words()
    {
        var port = FreePort.Take();
        var options = Options($"udp://127.0.0.1:{port}") with { StallTimeout = TimeSpan.FromSeconds(0.2), StartTimeout = TimeSpan.Zero };
        var silence = await FailAsync(options);
        Assert.Equal(SourceFailure.Stalled, silence.Failure);
        Assert.Contains("Nothing arrives", silence.Message, StringComparison.Ordinal);

        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var taken = await FailAsync(Options($"udp://127.0.0.1:{((IPEndPoint)other.LocalEndPoint!).Port}"));
        Assert.Contains("already", taken.Message, StringComparison.Ordinal);

        var foreign = await FailAsync(Options("udp://192.0.2.1:5000"));
        Assert.Contains("not an address of this machine", foreign.Message, StringComparison.Ordinal);

        var run = FailAsync(options with { StallTimeout = TimeSpan.FromSeconds(20) });
        while (!run.IsCompleted)
        {
            other.SendTo(new byte[1_000], new IPEndPoint(IPAddress.Loopback, port));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        Assert.Contains("not an MPEG transport stream", (await run).Message, StringComparison.Ordinal);
    }

    private static Task<SourceException> FailAsync(UdpTsOptions options) =>
        Assert.ThrowsAsync<SourceException>(() =>
            new UdpTsSource(options, TimeProvider.System).RunAsync(new RecordingSink(), TestContext.Current.CancellationToken)
        );

    [Theory]
    [InlineData("udp://127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("udp://@:5000", "0.0.0.0:5000")]
    [InlineData("udp://@239.1.2.3:1234/", "239.1.2.3:1234")]
    [InlineData("UDP://[ff02::5]:1234", "[ff02::5]:1234")]
    public void Addresses_are_read_in_the_usual_ways(string url, string address) => Assert.Equal(address, Options(url).Address.ToString());

    [Theory]
    [InlineData("udp://")]
    [InlineData("udp://camera:5000")]
    [InlineData("udp://1.2.3.4")]
    [InlineData("udp://1.2.3.4:0")]
    [InlineData("udp://1.2.3.4:65536")]
    [InlineData("udp://1.2.3.4:5000?interface=1.1.1.1")] // no group
    [InlineData("udp://239.1.2.3:5000?interface=::1")]
    [InlineData("udp://239.1.2.3:5000?fifo_size=1")]
    [InlineData("rtp://239.1.2.3:5000")]
    public void Others_are_refused_with_a_sentence(string url)
    {
        Assert.Null(UdpTsOptions.Parse(url, out var problem));
        Assert.NotNull(problem);
    }
}
