// Firefox watches, speaks and publishes, in a network of its own: with loopback alone it finds no UDP candidate.
using System.Net;
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Lab.Tests.Networks;
using Mumu.Media.Streams;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.WebRtc;

[Collection(OpenBrowser.Alone)]
public sealed class FirefoxTests(ITestOutputHelper output)
{
    private const string Address = "10.77.0.1";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Firefox_watches_every_codec_it_has_gets_its_words_back_and_publishes()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("Namespaces need root.");
        }
        using var guard = Leftovers.Guard();
        using var network = await NetworkNamespace.CreateAsync("firefox", forwards: false);
        await network.IpAsync(
            "link add wire type veth peer name wall",
            $"addr add {Address}/24 dev wire",
            "link set wire up",
            "link set wall up",
            "route add default dev wire"
        );
        await using var host = await MediaHost.StartAsync(network, IPAddress.Parse(Address));
        foreach (var codec in (Codec[])[Codec.Vp8, Codec.Vp9, Codec.Av1])
        {
            var clip = Clip.Of(codec);
            host.Add(NameOf(codec), () => new LoopedClip(clip));
        }
        var live = host.AddPublished("live");
        await using var firefox = Firefox.Start(network, $"{host.Url}/firefox");

        foreach (var codec in (Codec[])[Codec.Vp8, Codec.Vp9, Codec.Av1])
        {
            var seen = await ReportAsync(host, firefox, NameOf(codec));
            Assert.True(seen.TryGetProperty("codec", out var name), $"{seen}");
            Assert.Equal($"video/{NameOf(codec)}", name.GetString(), ignoreCase: true);
            Assert.Equal(Clip.Width, seen.GetProperty("width").GetInt32());
            Assert.True(seen.GetProperty("data").GetBoolean(), $"{seen}");
        }
        await ReportAsync(host, firefox, "publish");
        var back = await ReportAsync(host, firefox, "live");
        Assert.True(back.TryGetProperty("pictures", out _), $"{back}");
        Assert.Equal(StreamState.Ready, live.State);
        Assert.Equal([Codec.Vp8, Codec.Opus], live.Tracks.Select(track => track.Codec).Order());
    }

    private static string NameOf(Codec codec) => codec.ToString().ToLowerInvariant();

    private async Task<JsonElement> ReportAsync(MediaHost host, Firefox firefox, string name)
    {
        var text = await Eventually.ReturnsAsync(
            () => Task.FromResult(host.Reports.FirstOrDefault(r => r.StartsWith($"{{\"name\":\"{name}\"", StringComparison.Ordinal))),
            s_limit,
            () => $"a report of \"{name}\"; there are {string.Join(' ', host.Reports)}\n{firefox.Output}"
        );
        output.WriteLine(text);
        return JsonDocument.Parse(text).RootElement;
    }
}
