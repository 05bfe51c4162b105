// Pictures over HTTP from the simulator, and sound for browsers from a publisher whose sound they can't play.
using System.Net;
using System.Text;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Publishing;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mjpeg;

namespace Mumu.Agent.Tests.Stills;

public sealed class StillsTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync() =>
        _agent = await RunningAgent.StartAsync(
            $"{RunningAgent.Simulator}, \"dark\": {{ \"url\": \"rtsp://127.0.0.1:1/x\" }}, \"empty\": {{ \"source\": \"publisher\" }}"
        );

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private Task<HttpResponseMessage> GetAsync(string path) =>
        _agent.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    [Fact]
    public async Task The_newest_picture_is_a_jpeg_of_the_stream_s_size()
    {
        _agent.As(ApiKeyRole.Reader);
        foreach (var _ in (int[])[1, 2])
        {
            using var response = await GetAsync("/sim.jpg");
            var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(body));
            Assert.Equal("image/jpeg", response.Content.Headers.ContentType?.MediaType);
            Assert.True(response.Headers.CacheControl?.NoStore);
            Assert.True(
                JpegHeader.IsWhole(body) && JpegHeader.TryParse(body, out var header) && (header.Width, header.Height) == (320, 180)
            );
        }
    }

    [Fact]
    public async Task Moving_pictures_come_as_multipart_and_their_reader_is_listed()
    {
        _agent.As(ApiKeyRole.Reader);
        using var response = await GetAsync("/sim.mjpeg");
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}");
        var reader = new MixedReplaceReader(MixedReplaceReader.BoundaryOf(response.Content.Headers.ContentType!.ToString())!);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[4_096];
        for (var pictures = 0; pictures < 5; )
        {
            var read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().Within("picture");
            Assert.NotEqual(0, read);
            reader.Receive(buffer.AsSpan(0, read));
            while (reader.TryRead(out var picture))
            {
                Assert.True(JpegHeader.IsWhole(picture));
                pictures++;
            }
        }
        var listed = Assert.Single(_agent.Cameras.Find("sim")!.Readers.All);
        Assert.Equal("mjpeg", listed.Protocol);
        Assert.True(listed.Bytes() > 0);
        listed.Kick();
        await Eventually.HoldsAsync(() => _agent.Cameras.Find("sim")!.Readers.All.Count == 0, "the reader is ended");
    }

    [Theory]
    [InlineData("/nobody.jpg", HttpStatusCode.NotFound)]
    [InlineData("/empty.jpg", HttpStatusCode.NotFound)]
    [InlineData("/dark.jpg", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/dark.mjpeg", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/..%2fsim.jpg", HttpStatusCode.NotFound)]
    [InlineData("/.jpg", HttpStatusCode.NotFound)]
    public async Task What_can_t_be_had_is_told(string path, HttpStatusCode status)
    {
        _agent.As(ApiKeyRole.Reader);
        using var response = await GetAsync(path);
        // Where no route takes the address, others that answer GET may still say what they do not allow.
        Assert.True(
            response.StatusCode == status || (status == HttpStatusCode.NotFound && response.StatusCode == HttpStatusCode.MethodNotAllowed),
            $"{response.StatusCode}"
        );
    }

    [Fact]
    public async Task Nobody_without_a_key_for_the_path_sees_anything()
    {
        using var without = await GetAsync("/sim.jpg");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Contains(without.Headers.WwwAuthenticate, value => value.Scheme == "Basic");
        var other = _agent.Keys.Create("other", ApiKeyRole.Reader, ["garden/*"]);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Bearer", other);
        using var wrong = await GetAsync("/sim.mjpeg");
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
    }

    [Fact]
    public async Task A_browser_is_offered_opus_for_a_publisher_s_aac()
    {
        _agent.As(ApiKeyRole.Reader);
        Assert.True(PathName.TryParse("studio", out var name));
        var publication = await _agent.Paths.PublishAsync(name, new Publisher("test", "", ""), TestContext.Current.CancellationToken);
        publication.Announce([
            new TrackFormat(MediaKind.Video, Codec.H264, 90_000, 0, default),
            new TrackFormat(MediaKind.Audio, Codec.Aac, 48_000, 2, new byte[] { 0x11, 0x90 }),
        ]);
        var unit = Unit.Copy([0, 0, 0, 2, 0x65, 0x80]);
        unit.IsKeyFrame = true;
        publication.Publish(unit);
        await using var viewer = new TestViewer();
        using var answer = await _agent.Http.PostAsync(
            "/studio/whep",
            new StringContent(viewer.Offer, Encoding.UTF8, "application/sdp"),
            TestContext.Current.CancellationToken
        );
        var sdp = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, sdp);
        var sound = sdp[sdp.IndexOf("m=audio", StringComparison.Ordinal)..];
        Assert.False(sound.StartsWith("m=audio 0 ", StringComparison.Ordinal), sdp);
        Assert.Contains("opus/48000", sound, StringComparison.OrdinalIgnoreCase);
    }
}
