// Asks STUN servers how the bases look from outside.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>Server-reflexive candidates (RFC 8445 §5.1.1.2): a Binding request from each base to each server of its family, retransmitted.</summary>
internal sealed class IceGathering(IceSession session, IceLocalAddresses locals)
{
    private const int MaxServers = 8;
    private const int MaxQueries = 32;

    private sealed class Query(int @base, TransportAddress address, TransportAddress server)
    {
        public FlowId Flow { get; } = new(@base, server);
        public TransportAddress Address { get; } = address;
        public StunTransactionId Transaction { get; set; }
        public int Transmissions { get; set; }
        public TimeSpan NextAt { get; set; }
        public TimeSpan Wait { get; set; }
        public bool IsAnswered { get; set; }
        public bool IsFinished { get; set; }
    }

    private readonly List<TransportAddress> _servers = [];
    private readonly List<Query> _queries = [];
    private bool _isTold = true;

    /// <summary>True while a query is neither answered nor given up.</summary>
    public bool IsOpen => !_isTold;

    public void AddServer(in TransportAddress server)
    {
        if (_servers.Count >= MaxServers || _servers.Contains(server) || !server.IsUnicast())
        {
            return;
        }
        _servers.Add(server);
        foreach (var local in locals.All)
        {
            Ask(local, server);
        }
    }

    public void AddLocal(IceLocalAddress local)
    {
        foreach (var server in _servers)
        {
            Ask(local, server);
        }
    }

    /// <summary>Sends what is due. Answered queries are repeated while <paramref name="isKeptAlive"/>: until a pair works, the mapping needs it.</summary>
    public void Tick(bool isKeptAlive, TimeSpan now)
    {
        var open = 0;
        foreach (var query in _queries)
        {
            if (!query.IsFinished && now >= query.NextAt && (isKeptAlive || !query.IsAnswered))
            {
                Send(query, now);
            }
            open += query.IsFinished || query.IsAnswered ? 0 : 1;
        }
        if (open == 0 && !_isTold)
        {
            _isTold = true;
            session.Tell(new IceEvent.GatheringCompleted());
        }
    }

    public TimeSpan? Deadline(bool isKeptAlive)
    {
        TimeSpan? deadline = null;
        foreach (var query in _queries)
        {
            if (!query.IsFinished && (isKeptAlive || !query.IsAnswered))
            {
                deadline = IceChecks.Earlier(deadline, query.NextAt);
            }
        }
        return deadline;
    }

    /// <summary>Takes a server's answer: the right transaction from the right place. It bears no integrity.</summary>
    public bool Receive(in StunMessage answer, in FlowId flow, TimeSpan now)
    {
        foreach (var query in _queries)
        {
            if (query.Transmissions == 0 || query.Flow != flow || query.Transaction != answer.TransactionId)
            {
                continue;
            }
            query.Transmissions = 0;
            if (answer.Class != StunClass.Success || !answer.TryGetMappedAddress(out var mapped))
            {
                query.IsFinished = true;
                return true;
            }
            query.IsAnswered = true;
            query.NextAt = now + session.Jitter(session.Options.KeepAliveInterval);
            if (
                mapped.IsUnicast()
                && locals.Add(flow.Base, mapped, IceCandidateType.ServerReflexive, query.Address, flow.Remote) is { } added
            )
            {
                session.Tell(new IceEvent.LocalCandidate(added.Candidate));
            }
            return true;
        }
        return false;
    }

    private void Ask(IceLocalAddress local, in TransportAddress server)
    {
        if (
            local.Candidate is not { Type: IceCandidateType.Host, Transport: IceTransport.Udp }
            || local.Address.IsIPv6 != server.IsIPv6
            || local.Address.IsLinkLocal()
            || _queries.Count >= MaxQueries
        )
        {
            return;
        }
        var flow = new FlowId(local.Base, server);
        foreach (var query in _queries)
        {
            if (query.Flow == flow)
            {
                return; // Several addresses of one socket: the kernel picks the one it sends from.
            }
        }
        _queries.Add(new Query(local.Base, local.Address, server));
        _isTold = false;
    }

    private void Send(Query query, TimeSpan now)
    {
        if (query.Transmissions >= session.Options.MaxTransmissions)
        {
            query.IsFinished = true;
            return;
        }
        if (query.Transmissions == 0)
        {
            query.Transaction = session.NewTransaction();
            query.Wait = session.Options.RetransmitAfter;
        }
        else
        {
            var doubled = query.Wait * 2;
            query.Wait = doubled < session.Options.RetransmitAtMost ? doubled : session.Options.RetransmitAtMost;
        }
        query.Transmissions++;
        query.NextAt = now + query.Wait;
        session.Outbox.Add(new IceOutgoing(IceOutgoingKind.Gather, query.Flow, query.Transaction));
    }
}
