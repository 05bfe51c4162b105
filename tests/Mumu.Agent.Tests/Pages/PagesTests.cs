// Player pages over HTTP: who gets which, with what headers, and what is no page.
using System.Net;
using System.Text.RegularExpressions;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Tests.Hls;

namespace Mumu.Agent.Tests.Pages;

public sealed partial class PagesTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_path_has_a_page_that_everybody_gets()
    {
        await using var agent = await RunningAgent.StartAsync();
        await using var hls = await HlsAgent.StartAsync();
        foreach (var http in new[] { agent.Http, hls.Http })
        {
            var text = await http.GetStringAsync("/sim", Ending);
            // It tells nothing: not the path, nor whether there is one.
            foreach (var address in new[] { "/sim/", "/attic", "/a/b.c~/d-e_f/", "/sim?key=%3Cscript%3E" })
            {
                Assert.Equal(text, await http.GetStringAsync(address, Ending));
            }
            using var answer = await http.GetAsync("/sim", Ending);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            using var same = new HttpRequestMessage(HttpMethod.Get, "/sim");
            same.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using var unchanged = await http.SendAsync(same, Ending);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }
    }

    [Fact]
    public async Task What_a_page_loads_is_in_the_program_and_may_be_kept()
    {
        await using var agent = await HlsAgent.StartAsync();
        foreach (var page in new[] { "/sim/", "/a/b" })
        {
            var at = new Uri(agent.Address, page);
            var text = await agent.Http.GetStringAsync(page, Ending);
            var files = Loads().Matches(text).Select(m => m.Groups[1].Value).ToList();
            Assert.Equal(3, files.Count);
            var folder = files[0].Split('/')[0];
            foreach (var file in files.Concat(new[] { "player.js", "key.js", "trouble.js", "hls.library.js" }.Select(f => $"{folder}/{f}")))
            {
                using var answer = await agent.Http.GetAsync(new Uri(at, file), Ending);
                Assert.True(answer.IsSuccessStatusCode, $"{page} {file}: {answer.StatusCode}");
                Assert.Equal("public, max-age=31536000, immutable", $"{answer.Headers.CacheControl}");
                Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
                Assert.True(answer.Content.Headers.ContentLength > 0);
            }
            using var none = await agent.Http.GetAsync($"/{folder}/player.html", Ending);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//sim")]
    [InlineData("/sim//")]
    [InlineData("/%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/sim%2f..%2fx")]
    [InlineData("/a%20b")]
    [InlineData("/a%0d%0aX-Y:%20z/")]
    [InlineData("/sim/whep")]
    [InlineData("/sim/index.m3u8")]
    [InlineData("/index.m3u8")]
    [InlineData("/sim.jpg")]
    [InlineData("/.jpg")]
    [InlineData("/page=0000000000000000/player.js")]
    [InlineData("/page=/player.js")]
    public async Task What_is_no_path_has_no_page(string address)
    {
        await using var agent = await RunningAgent.StartAsync("");
        await using var hls = await HlsAgent.StartAsync("");
        foreach (var http in new[] { agent.Http, hls.Http })
        {
            using var answer = await http.GetAsync($"{http.BaseAddress!.AbsoluteUri.TrimEnd('/')}{address}", Ending);
            Assert.False(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
            Assert.NotEqual("text/html", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Pages_leave_what_is_beside_them_as_it_was()
    {
        await using var agent = await RunningAgent.StartAsync();
        await using var hls = await HlsAgent.StartAsync();
        using var preflight = await agent.Http.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/sim/whep"), Ending);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        using var offer = await agent.Http.PostAsync("/sim/whep", new StringContent("x"), Ending);
        Assert.Equal(HttpStatusCode.Unauthorized, offer.StatusCode);
        using var nowhere = await agent.Http.PostAsync("/sim", new StringContent("x"), Ending);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        using var picture = await agent.Http.GetAsync("/sim.jpg", Ending);
        Assert.Equal(HttpStatusCode.Unauthorized, picture.StatusCode);
        using var playlist = await hls.Http.GetAsync("/sim/index.m3u8", Ending);
        Assert.Equal(HttpStatusCode.Unauthorized, playlist.StatusCode);
        using var posted = await hls.Http.PostAsync("/sim/", new StringContent("x"), Ending);
        Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
    }

    [GeneratedRegex("(?:href|src)=\"(page=[^\"]+)\"")]
    private static partial Regex Loads();
}
