// Both cores against each other.
using Mumu.Protocols.Rtmp;

namespace Mumu.Protocols.Tests.Rtmp;

public sealed class RtmpPairTests
{
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_client_publishes_and_its_tags_arrive_whole_and_in_order(int piece)
    {
        var pair = new Pair("rtmp://any:KEY@host/studio/film", publishes: true, piece);
        Assert.Equal(["Publish studio/film"], pair.ServerEvents);
        Assert.Equal("KEY", pair.Target.Key);
        Assert.Equal(FourCc.All, pair.Server.Formats);
        pair.Server.Accept();
        pair.Run();
        Assert.Equal(["Started"], pair.ClientEvents);
        pair.ServerEvents.Clear();

        var expected = new List<string>();
        var random = new Random(5);
        for (uint time = 0xFFFF00; expected.Count < 20; time += 40) // over the border of the extended time
        {
            var payload = new byte[random.Next(1, 200_000)];
            random.NextBytes(payload);
            pair.ToServer(Pair.Tag(RtmpMessageType.Video, time, payload));
            pair.ToServer(Pair.Tag(RtmpMessageType.Audio, time, payload.AsSpan(0, 1)));
            expected.Add($"Video {time} {Convert.ToHexString(payload)}");
            expected.Add($"Audio {time} {Convert.ToHexString(payload.AsSpan(0, 1))}");
        }
        Assert.Equal(expected, pair.ServerEvents);
        pair.Client.Stop();
        pair.Run();
        Assert.Equal("Closed", pair.ServerEvents[^1]);
    }

    [Fact]
    public void A_client_plays()
    {
        var pair = new Pair("rtmp://host/front?user=any&pass=a%2Fb", publishes: false);
        Assert.Equal(["Play front"], pair.ServerEvents);
        Assert.Equal("a/b", pair.Target.Key);
        pair.Server.Accept();
        pair.Run();
        pair.ToClient(Pair.Tag(RtmpMessageType.Video, 40, [0x17, 1, 0, 0, 0, 9]));
        Assert.Equal(["Started", "Video 40 170100000009"], pair.ClientEvents);
        Assert.Null(pair.Server.NextDeadline);
    }

    [Fact]
    public void A_refusal_reaches_the_client_without_its_key()
    {
        var pair = new Pair("rtmp://host/front?pass=SECRET", publishes: false);
        pair.Server.Refuse(isMissing: true, "There is no SECRET such camera.");
        pair.Note();
        pair.Run();
        Assert.Equal(["Ended NotFound The server rtmp://host:1935 refused: There is no … such camera."], pair.ClientEvents);
        Assert.Equal("Ended There is no SECRET such camera.", pair.ServerEvents[^1]);
    }

    [Theory]
    [InlineData("a", "", "a")]
    [InlineData("a/b", "c", "a/b/c")]
    [InlineData("a", "b/c?user=x&pass=K", "a/b/c")]
    [InlineData("a?user=x&pass=K", "", "a")]
    [InlineData("/a/", "/b/", "a/b")]
    [InlineData("", "b", "b")]
    [InlineData("a", "mp4:b", "a/b")]
    [InlineData("a", "?pass=K", "a")]
    [InlineData("..", "%2e%2e", "../%2e%2e")] // not judged here
    public void Application_and_name_are_one_path(string app, string name, string path)
    {
        var target = RtmpTarget.Join("rtmp://host/x", app, name);
        Assert.Equal(path, target.Path);
        Assert.Equal(app.Contains('K', StringComparison.Ordinal) || name.Contains('K', StringComparison.Ordinal) ? "K" : null, target.Key);
        Assert.DoesNotContain("K", target.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_silent_client_is_ended_and_one_byte_now_and_then_does_not_help()
    {
        var server = new RtmpServer(new RtmpServerOptions(), new Random(1), TimeSpan.Zero);
        for (var second = 1; second < 11; second++)
        {
            server.Receive([3], TimeSpan.FromSeconds(second));
            server.Tick(TimeSpan.FromSeconds(second));
        }
        Assert.True(server.TryRead(out var e));
        Assert.Equal(RtmpServerEventKind.Ended, e.Kind);
    }

    [Fact]
    public void A_client_that_gets_no_answer_gives_up()
    {
        Assert.True(RtmpAddress.TryParse(new Uri("rtmp://host/a/b"), out var address));
        var client = new RtmpClient(address, publishes: true, TimeSpan.FromSeconds(5), new Random(1));
        client.Start(TimeSpan.Zero);
        client.Tick(client.NextDeadline!.Value);
        Assert.True(client.TryRead(out var e));
        Assert.Equal(RtmpEndReason.Timeout, e.End!.Reason);
    }

    [Fact]
    public void Media_that_nobody_allowed_ends_the_connection()
    {
        var pair = new Pair("rtmp://host/a/b", publishes: true);
        pair.Server.Refuse(isMissing: false, "No.");
        pair.Note();
        var early = new Pair("rtmp://host/a/b", publishes: false);
        early.Server.Accept();
        early.Run();
        early.ToServer(Pair.Tag(RtmpMessageType.Video, 0, new byte[RtmpLimits.Command + 1]));
        Assert.StartsWith("Ended", early.ServerEvents[^1], StringComparison.Ordinal);
    }
}
