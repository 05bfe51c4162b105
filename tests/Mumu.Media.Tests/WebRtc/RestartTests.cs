// Sessions whose viewer restarts ICE: not a frame is lost, and what is no restart is refused.
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc;

public sealed class RestartTests
{
    [Fact]
    public async Task Not_a_frame_is_lost_over_restarts_by_offer_and_by_credentials()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 20, "The frames did not come.");

        var answer = await session.RestartAsync(viewer.Restart());
        Assert.NotEqual(Line(session.AnswerSdp, "a=ice-ufrag:"), Line(answer, "a=ice-ufrag:"));
        Assert.Equal(Line(session.AnswerSdp, "a=fingerprint:"), Line(answer, "a=fingerprint:"));
        viewer.Accept(answer);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 60, "The frames did not go on.");

        var offer = viewer.Restart();
        var fragment = await session.RestartAsync(Line(offer, "a=ice-ufrag:"), Line(offer, "a=ice-pwd:"));
        Assert.True(
            session.AddRemoteCandidate(offer.Split("a=").First(line => line.StartsWith("candidate:", StringComparison.Ordinal)).Trim())
        );
        viewer.Accept(With(answer, fragment));
        await crowd.WaitAsync(() => viewer.Frames.Count >= 150, "The frames did not go on.");

        var frames = viewer.Frames;
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => frames[0].Number + (uint)i), frames.Select(frame => frame.Number));
        Assert.Equal(1, rig.Engine.Viewers);
        viewer.Leave();
        await crowd.WaitAsync(() => rig.Engine.Viewers == 0, "The session did not end.");
        await Assert.ThrowsAsync<SdpException>(() => session.RestartAsync(offer));
    }

    [Fact]
    public async Task An_offer_of_another_peer_and_nonsense_are_no_restart()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        await Assert.ThrowsAsync<SdpException>(() => session.RestartAsync("v=0"));
        await Assert.ThrowsAsync<SdpException>(() => session.RestartAsync("short", "short"));
        var print = Line(viewer.Offer, "a=fingerprint:sha-256 ");
        var other = print[^2..] + print[2..^2] + print[..2];
        var refusal = await Assert.ThrowsAsync<SdpException>(() =>
            session.RestartAsync(viewer.Offer.Replace(print, other, StringComparison.Ordinal))
        );
        Assert.Contains("certificate", refusal.Message, StringComparison.Ordinal);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 20, "The session did not live on.");
    }

    private static string Line(string sdp, string start) => sdp.Split(start)[1].Split('\r')[0];

    private static string With(string answer, string fragment) =>
        answer
            .Replace(Line(answer, "a=ice-ufrag:"), Line(fragment, "a=ice-ufrag:"), StringComparison.Ordinal)
            .Replace(Line(answer, "a=ice-pwd:"), Line(fragment, "a=ice-pwd:"), StringComparison.Ordinal);
}
