// A viewer who is told candidates as they come, and can be shut off from every path but the relay's.
using System.Text;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Tests.WebRtc.Relays;

internal sealed class Visit : IAsyncDisposable
{
    private readonly List<ViewerEvent.RelayUnavailable> _complaints = [];
    private readonly StringBuilder _seen = new();
    private readonly bool _onlyRelay;

    private Visit(TestViewer viewer, ViewerSession session, bool onlyRelay)
    {
        (Viewer, Session, _onlyRelay) = (viewer, session, onlyRelay);
        _ = FollowAsync();
    }

    public TestViewer Viewer { get; }

    public ViewerSession Session { get; }

    /// <summary>The relay's address, once it is known.</summary>
    public TransportAddress? Relayed { get; private set; }

    public string RelayText { get; private set; } = "";

    public int RelayCount { get; private set; }

    public bool HasEndOfCandidates { get; private set; }

    public IReadOnlyList<ViewerEvent.RelayUnavailable> Complaints => _complaints;

    public static async Task<Visit> BeginAsync(Rig rig, Crowd crowd, RelayServer[] relays, bool onlyRelay)
    {
        TransportAddress? relayed = null;
        Visit? visit = null;
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer => viewer.IsCut = address => onlyRelay && (relayed ??= visit?.Relayed) != address,
            relays,
            answer => onlyRelay ? WithoutCandidates(answer) : answer
        );
        visit = new Visit(viewer, session, onlyRelay);
        return visit;
    }

    public ValueTask DisposeAsync() => Session.CloseAsync();

    public override string ToString() => _seen.ToString();

    private static string WithoutCandidates(string sdp) =>
        string.Join("\r\n", sdp.Split("\r\n").Where(line => !line.StartsWith("a=candidate", StringComparison.Ordinal)));

    private async Task FollowAsync()
    {
        await foreach (var e in Session.Events.ReadAllAsync())
        {
            _seen.AppendLine(e.ToString());
            switch (e)
            {
                case ViewerEvent.LocalCandidate local:
                    Take(local.Candidate);
                    break;
                case ViewerEvent.RelayUnavailable complaint:
                    _complaints.Add(complaint);
                    break;
                case ViewerEvent.EndOfCandidates:
                    HasEndOfCandidates = true;
                    break;
            }
        }
    }

    private void Take(string text)
    {
        Assert.True(IceCandidate.TryParse(text, out var candidate));
        if (candidate.Type == IceCandidateType.Relayed)
        {
            RelayCount++;
            RelayText = text;
            Assert.True(candidate.TryGetAddress(out var address));
            Relayed = address;
        }
        if (!_onlyRelay || candidate.Type == IceCandidateType.Relayed)
        {
            Viewer.Add(candidate);
        }
    }
}
