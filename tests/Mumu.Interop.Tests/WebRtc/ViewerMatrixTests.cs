// The engine against other people's WebRTC: each of them offers, gets pictures, and has its words given back over a data channel.
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.WebRtc;

public sealed class ViewerMatrixTests(ITestOutputHelper output)
{
    private const int Pictures = 60;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("gstreamer", Codec.H264)]
    [InlineData("gstreamer", Codec.Vp8)]
    [InlineData("pion", Codec.H264)]
    [InlineData("pion", Codec.Vp8)]
    [InlineData("werift", Codec.H264)]
    [InlineData("werift", Codec.Vp8)]
    public async Task A_viewer_gets_pictures_and_its_own_words_back(string peer, Codec codec)
    {
        await using var host = await MediaHost.StartAsync();
        host.Add("clip", () => SourceOf(codec));
        await using var viewer = Peers.Start(peer, [$"{host.Url}/watch/clip", $"{Pictures}", "data"]);
        var seen = await viewer.WaitForAsync("watched", s_limit);
        output.WriteLine(seen.ToString());
        Assert.True(seen.GetProperty("pictures").GetInt32() >= Pictures);
        if (seen.TryGetProperty("gaps", out var gaps))
        {
            Assert.Equal(0, gaps.GetInt32());
        }
        Assert.Equal(0, await viewer.WaitForEndAsync(s_limit));
    }

    private static ISource SourceOf(Codec codec) =>
        codec == Codec.H264
            ? new SimulatorSource(
                new SimulatorOptions
                {
                    Width = Clip.Width,
                    Height = Clip.Height,
                    Kbps = 800,
                }
            )
            : new LoopedClip(Clip.Of(codec));
}
