// An agent with its sockets in the lab's network, and what it has told so far.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

internal sealed class IcePeer
{
    private readonly IceLab _lab;
    private readonly Random _random;
    private readonly Dictionary<int, TransportAddress> _bases = [];
    private readonly List<IcePeer> _trickle = [];
    private readonly byte[] _buffer = new byte[1024];

    public IcePeer(IceLab lab, Random random, IceRole role, Func<IceOptions, IceOptions> change)
    {
        _lab = lab;
        _random = random;
        Agent = new IceAgent(
            change(
                new IceOptions
                {
                    Role = role,
                    Local = NewCredentials(),
                    TieBreaker = (ulong)random.NextInt64(),
                    Random = random,
                }
            )
        );
    }

    public IceAgent Agent { get; }

    public List<IceEvent> Events { get; } = [];

    public int Sent { get; private set; }

    public IEnumerable<IceState> States => Events.OfType<IceEvent.StateChanged>().Select(e => e.State);

    public IceCredentials NewCredentials()
    {
        var entropy = new byte[IceCredentials.EntropyLength];
        _random.NextBytes(entropy);
        return IceCredentials.Create(entropy);
    }

    /// <summary>Opens a socket; "inside:port" of a NAT or an open address.</summary>
    public IcePeer Bind(int @base, string address, IceTransport transport = IceTransport.Udp)
    {
        _lab.Bind(this, @base, address);
        _bases[@base] = IceLab.At(address);
        Agent.AddLocalBase(@base, IceLab.At(address), transport: transport);
        return this;
    }

    /// <summary>Hands the other side our credentials, our candidates so far, and those to come as they come.</summary>
    public void Signal(IcePeer other, bool withCandidates = true)
    {
        other.Agent.SetRemote(Agent.Local, remoteIsLite: false);
        if (withCandidates)
        {
            foreach (var candidate in Agent.LocalCandidates)
            {
                other.Take(candidate);
            }
            _trickle.Add(other);
        }
    }

    public void Take(IceCandidate candidate)
    {
        Assert.True(IceCandidate.TryParse(candidate.ToString(), out var parsed));
        Agent.AddRemoteCandidate(parsed, _lab.Now);
    }

    /// <summary>Sends what waits and notes what is told.</summary>
    public void Drain()
    {
        while (Agent.TryTransmit(_buffer, out var length, out var flow))
        {
            Sent++;
            _lab.Send(_bases[flow.Base], flow.Remote, _buffer.AsSpan(0, length));
        }
        while (Agent.TryRead(out var e))
        {
            Events.Add(e);
            if (e is IceEvent.LocalCandidate local)
            {
                _trickle.ForEach(other => other.Take(local.Candidate));
            }
        }
    }
}
