// A viewer who is told candidates as they come, and can be shut off from every path but the relay's.
using System.Text;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Tests.WebRtc.Relays;

internal sealed class Visit : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _seen = new();
    private readonly bool _onlyRelay;

    // One task writes what the test and the crowd's thread read; so each is a reference or a word, swapped whole.
    private volatile ViewerEvent.RelayUnavailable[] _complaints = [];
    private volatile Relay? _relay;
    private volatile int _relayCount;
    private volatile bool _hasEndOfCandidates;

    private Visit(TestViewer viewer, ViewerSession session, bool onlyRelay)
    {
        (Viewer, Session, _onlyRelay) = (viewer, session, onlyRelay);
        _ = FollowAsync();
    }

    public TestViewer Viewer { get; }

    public ViewerSession Session { get; }

    /// <summary>The relay's address and the candidate that told it, once it is known.</summary>
    public Relay? Relayed => _relay;

    public int RelayCount => _relayCount;

    public bool HasEndOfCandidates => _hasEndOfCandidates;

    public IReadOnlyList<ViewerEvent.RelayUnavailable> Complaints => _complaints;

    public static async Task<Visit> BeginAsync(Rig rig, Crowd crowd, RelayServer[] relays, bool onlyRelay)
    {
        Visit? visit = null;
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer => viewer.IsCut = address => onlyRelay && Volatile.Read(ref visit)?.Relayed?.Address != address,
            relays,
            answer => onlyRelay ? WithoutCandidates(answer) : answer
        );
        var begun = new Visit(viewer, session, onlyRelay);
        Volatile.Write(ref visit, begun);
        return begun;
    }

    public ValueTask DisposeAsync() => Session.CloseAsync();

    public override string ToString()
    {
        lock (_gate)
        {
            return _seen.ToString();
        }
    }

    private static string WithoutCandidates(string sdp) =>
        string.Join("\r\n", sdp.Split("\r\n").Where(line => !line.StartsWith("a=candidate", StringComparison.Ordinal)));

    private async Task FollowAsync()
    {
        await foreach (var e in Session.Events.ReadAllAsync())
        {
            lock (_gate)
            {
                _seen.AppendLine(e.ToString());
            }
            switch (e)
            {
                case ViewerEvent.LocalCandidate local:
                    Take(local.Candidate);
                    break;
                case ViewerEvent.RelayUnavailable complaint:
                    _complaints = [.. _complaints, complaint];
                    break;
                case ViewerEvent.EndOfCandidates:
                    _hasEndOfCandidates = true;
                    break;
            }
        }
    }

    private void Take(string text)
    {
        if (!IceCandidate.TryParse(text, out var candidate))
        {
            throw new InvalidOperationException($"Not a candidate: {text}");
        }
        if (candidate.Type == IceCandidateType.Relayed && candidate.TryGetAddress(out var address))
        {
            _relayCount++;
            _relay = new Relay(address, text);
        }
        if (!_onlyRelay || candidate.Type == IceCandidateType.Relayed)
        {
            Viewer.Add(candidate);
        }
    }
}

internal sealed record Relay(TransportAddress Address, string Candidate);
