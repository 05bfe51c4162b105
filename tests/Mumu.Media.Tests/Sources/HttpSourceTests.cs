// Streams over HTTP: motion JPEG, single pictures, transport streams, and every way to fail.
using System.Text;
using Mumu.Media.Sources.Http;
using Mumu.Media.Tests.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Tests.MpegTs;

namespace Mumu.Media.Tests.Sources;

public sealed class HttpSourceTests
{
    private static byte[] Picture(int number) =>
        [
            0xFF,
            0xD8,
            0xFF,
            0xC0,
            0,
            11,
            8,
            0,
            240,
            1,
            64,
            1,
            1,
            0x11,
            0,
            0xFF,
            0xDA,
            0,
            2,
            .. Enumerable.Repeat((byte)number, 300),
            0xFF,
            0xD9,
        ];

    private static HttpSourceOptions Options(Uri uri) =>
        new()
        {
            Uri = uri,
            UserName = "me",
            Password = "geheim",
            PollInterval = TimeSpan.FromMilliseconds(5),
        };

    private static async Task<(List<Published> Units, RecordingSink Sink)> PlayAsync(HttpSourceOptions options, int units)
    {
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink();
        var run = new HttpSource(options, TimeProvider.System).RunAsync(sink, stop.Token);
        var taken = sink.TakeAsync(units);
        if (await Task.WhenAny(run, taken) == run)
        {
            // What was published before the end is still on its way to the test.
            await Task.WhenAny(taken, Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
            Assert.True(taken.IsCompleted, $"{run.Exception}");
        }
        var got = await taken;
        await stop.CancelAsync();
        var end = await Record.ExceptionAsync(() => run);
        Assert.True(end is OperationCanceledException or SourceException, $"{end}");
        return (got, sink);
    }

    private static Task<SourceException> FailAsync(HttpSourceOptions options) =>
        Assert.ThrowsAsync<SourceException>(() =>
            new HttpSource(options, TimeProvider.System).RunAsync(new RecordingSink(), TestContext.Current.CancellationToken)
        );

    [Fact]
    public async Task Motion_jpeg_plays_with_the_password_asked_for()
    {
        await using var camera = new ScriptedHttp(
            async (head, stream) =>
            {
                if (!head.Contains($"Authorization: Basic {Convert.ToBase64String("me:geheim"u8)}", StringComparison.Ordinal))
                {
                    await ScriptedHttp.SayAsync(
                        stream,
                        "HTTP/1.1 401 No\nWWW-Authenticate: Basic realm=\"camera\"\nContent-Length: 0\nConnection: close"
                    );
                    return;
                }
                await ScriptedHttp.SayAsync(stream, "HTTP/1.0 200 OK\nContent-Type: multipart/x-mixed-replace; boundary=b");
                for (var i = 0; i < 5; i++)
                {
                    await ScriptedHttp.SayAsync(
                        stream,
                        $"--b\nContent-Type: image/jpeg\nContent-Length: {Picture(i).Length}",
                        [.. Picture(i), 13, 10]
                    );
                }
            }
        );
        var (units, sink) = await PlayAsync(Options(camera.Address("/video.cgi")), 5);
        Assert.Equal(Enumerable.Range(0, 5).Select(Picture), units.Select(u => u.Data));
        Assert.All(units, u => Assert.True(u.IsKeyFrame));
        Assert.All(units.Zip(units.Skip(1)), pair => Assert.True(pair.Second.Timestamp > pair.First.Timestamp));
        Assert.Equal(Codec.Jpeg, Assert.Single(sink.Tracks).Codec);
        Assert.True(ParameterSets.TryGetSize(Codec.Jpeg, sink.Tracks[0].Configuration.Span, out var width, out var height));
        Assert.Equal((320, 240), (width, height));
    }

    [Fact]
    public async Task Single_pictures_are_fetched_again_and_again()
    {
        var asked = 0;
        await using var camera = new ScriptedHttp(
            (_, stream) =>
            {
                var picture = Picture(Interlocked.Increment(ref asked));
                return ScriptedHttp.SayAsync(
                    stream,
                    $"HTTP/1.1 200 OK\nContent-Type: image/jpeg\nContent-Length: {picture.Length}\nConnection: close",
                    picture
                );
            }
        );
        var (units, _) = await PlayAsync(Options(camera.Address("/snap.jpg")), 4);
        Assert.Equal(Enumerable.Range(1, 4).Select(Picture), units.Select(u => u.Data));
    }

    [Fact]
    public async Task A_transport_stream_plays_behind_a_redirect_that_does_not_get_the_password()
    {
        var told = new List<string>();
        await using var other = new ScriptedHttp(
            (head, stream) =>
            {
                told.Add(head);
                return ScriptedHttp.SayAsync(
                    stream,
                    "HTTP/1.1 200 OK\nContent-Type: video/mp2t\nConnection: close",
                    TsMedia.Show(20).Bytes()
                );
            }
        );
        await using var camera = new ScriptedHttp(
            (_, stream) =>
                ScriptedHttp.SayAsync(
                    stream,
                    $"HTTP/1.1 302 There\nLocation: {other.Address("/live")}\nContent-Length: 0\nConnection: close"
                )
        );
        var (units, sink) = await PlayAsync(Options(camera.Address()), 40);
        Assert.Equal(2, sink.Tracks.Count);
        Assert.True(units[0].Timestamp >= 0);
        Assert.DoesNotContain("Authorization", Assert.Single(told), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 No\nContent-Length: 0", SourceFailure.NotFound, "Check the path")]
    [InlineData("HTTP/1.1 401 No\nContent-Length: 0", SourceFailure.WrongPassword, "user and password")]
    [InlineData("HTTP/1.1 503 No\nContent-Length: 0", SourceFailure.Unreachable, "status 503")]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 0", SourceFailure.UnsupportedCodec, "“text/html”")]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: image/jpeg\nContent-Length: 3\n\nabc", SourceFailure.Protocol, "does not")]
    [InlineData("HTTP/1.1 302 X\nLocation: file:///etc/passwd\nContent-Length: 0", SourceFailure.Protocol, "only http and https")]
    [InlineData("HTTP/1.1 302 X\nLocation: /again\nContent-Length: 0", SourceFailure.Protocol, "without end")]
    [InlineData(
        "HTTP/1.1 200 OK\nContent-Type: multipart/x-mixed-replace; boundary=b\nConnection: close",
        SourceFailure.Stalled,
        "ended its stream"
    )]
    [InlineData("RTSP/1.0 200 OK", SourceFailure.Protocol, "not HTTP")]
    public async Task What_goes_wrong_is_told_in_words(string answer, SourceFailure failure, string words)
    {
        await using var camera = new ScriptedHttp(
            (_, stream) =>
                stream
                    .WriteAsync(
                        Encoding.ASCII.GetBytes(
                            answer.Contains("\n\n", StringComparison.Ordinal)
                                ? answer.Replace("\n", "\r\n", StringComparison.Ordinal)
                                : answer.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n\r\n"
                        )
                    )
                    .AsTask()
        );
        var end = await FailAsync(Options(camera.Address("/x?password=geheim")));
        Assert.True(end.Failure == failure && end.Message.Contains(words, StringComparison.Ordinal), $"{end.Failure}: {end.Message}");
        Assert.DoesNotContain("geheim", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_falls_silent_counts_as_stalled_and_a_closed_port_as_unreachable()
    {
        using var never = new CancellationTokenSource();
        var camera = new ScriptedHttp(
            async (_, stream) =>
            {
                await ScriptedHttp.SayAsync(stream, "HTTP/1.1 200 OK\nContent-Type: multipart/x-mixed-replace; boundary=b");
                await Task.Delay(Timeout.Infinite, never.Token);
            }
        );
        var options = Options(camera.Address()) with { StallTimeout = TimeSpan.FromSeconds(0.2) };
        var silent = await FailAsync(options);
        Assert.Equal(SourceFailure.Stalled, silent.Failure);
        await never.CancelAsync();
        await camera.DisposeAsync();
        var closed = await FailAsync(options);
        Assert.True(
            closed.Failure == SourceFailure.Unreachable && closed.Message.Contains("refuses", StringComparison.Ordinal),
            closed.Message
        );
    }
}
