// The peers behind a relay: who may be written to, and under which channel.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>
/// Permissions (RFC 8656 §9) and channels (§12). They are asked for when first needed and kept only while they are used: a peer that nothing was sent to for some minutes lapses.
/// </summary>
internal sealed class TurnPeers(TurnClientOptions options, TurnTransactions transactions)
{
    private const int FirstChannel = 0x4000;
    private static readonly TimeSpan s_permissionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_channelLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_early = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_unused = TimeSpan.FromMinutes(4);

    // A number must not be bound to another peer before five minutes have passed since the channel lapsed.
    private static readonly TimeSpan s_numberRest = TimeSpan.FromMinutes(5);

    private sealed class Grant
    {
        public int Channel { get; init; } // 0 for a permission
        public bool IsAsked { get; set; }
        public bool IsForbidden { get; set; }
        public TimeSpan Until { get; set; } = TimeSpan.MinValue;
        public TimeSpan AskAt { get; set; } = TimeSpan.MinValue;
        public TimeSpan UsedAt { get; set; }
    }

    private readonly Dictionary<TransportAddress, Grant> _permissions = [];
    private readonly Dictionary<TransportAddress, Grant> _channels = [];
    private readonly List<TransportAddress> _lapsed = [];

    public TimeSpan? NextDeadline => Earlier(Next(_permissions), Next(_channels));

    /// <summary>Sees to it that a peer may be written to; false if the server has refused it, or there are too many.</summary>
    public bool Permit(in TransportAddress peer, TimeSpan now)
    {
        var address = peer.WithPort(0);
        if (!_permissions.TryGetValue(address, out var grant))
        {
            if (_permissions.Count >= options.MaxPeers)
            {
                return false;
            }
            _permissions[address] = grant = new Grant();
        }
        grant.UsedAt = now;
        Ask(StunMethod.CreatePermission, address, grant, now);
        return !grant.IsForbidden;
    }

    /// <summary>True if something from that peer may come: we have asked for it.</summary>
    public bool Knows(in TransportAddress peer) => _permissions.ContainsKey(peer.WithPort(0));

    /// <summary>Asks for a channel, if there is none yet.</summary>
    public void Bind(in TransportAddress peer, TimeSpan now)
    {
        if (!_channels.TryGetValue(peer, out var grant))
        {
            if (_channels.Count >= options.MaxPeers)
            {
                return; // indications will do
            }
            _channels[peer] = grant = new Grant { Channel = FreeNumber() };
        }
        grant.UsedAt = now;
        Ask(StunMethod.ChannelBind, peer, grant, now);
    }

    /// <summary>The channel bound to a peer; 0 if there is none.</summary>
    public int ChannelOf(in TransportAddress peer, TimeSpan now)
    {
        if (!_channels.TryGetValue(peer, out var grant) || grant.Until <= now)
        {
            return 0;
        }
        grant.UsedAt = now;
        return grant.Channel;
    }

    /// <summary>The peer of a channel; false for a number that is not ours. An answer to ChannelBind may come behind the first ChannelData.</summary>
    public bool TryGetPeer(int channel, out TransportAddress peer)
    {
        foreach (var (address, grant) in _channels)
        {
            if (grant.Channel == channel)
            {
                peer = address;
                return true;
            }
        }
        peer = default;
        return false;
    }

    public void OnGranted(TurnTransaction asked, TimeSpan now)
    {
        if (asked.Method == StunMethod.ChannelBind && _channels.TryGetValue(asked.Peer, out var channel))
        {
            Extend(channel, s_channelLifetime, now);
        }
        // A channel is a permission too.
        if (_permissions.TryGetValue(asked.Peer.WithPort(0), out var permission))
        {
            Extend(permission, s_permissionLifetime, now, isAnswer: asked.Method == StunMethod.CreatePermission);
        }
    }

    /// <summary>The server refused, or did not answer; <paramref name="isFinal"/> for a word that will not change.</summary>
    public void OnRefused(TurnTransaction asked, bool isFinal, TimeSpan now)
    {
        var grants = asked.Method == StunMethod.ChannelBind ? _channels : _permissions;
        if (grants.TryGetValue(asked.Peer, out var grant))
        {
            grant.IsAsked = false;
            grant.IsForbidden |= isFinal;
            grant.AskAt = now + s_retry;
        }
    }

    /// <summary>Prolongs what is used, forgets what is not.</summary>
    public void Tick(TimeSpan now)
    {
        Prolong(_permissions, StunMethod.CreatePermission, TimeSpan.Zero, now);
        Prolong(_channels, StunMethod.ChannelBind, s_numberRest, now);
    }

    private void Prolong(Dictionary<TransportAddress, Grant> grants, StunMethod method, TimeSpan rest, TimeSpan now)
    {
        _lapsed.Clear();
        foreach (var (peer, grant) in grants)
        {
            if (now - grant.UsedAt < s_unused)
            {
                Ask(method, peer, grant, now);
            }
            else if (!grant.IsAsked && grant.Until + rest <= now)
            {
                _lapsed.Add(peer);
            }
        }
        foreach (var peer in _lapsed)
        {
            grants.Remove(peer);
        }
    }

    private void Ask(StunMethod method, in TransportAddress peer, Grant grant, TimeSpan now)
    {
        if (grant.IsAsked || grant.IsForbidden || now < grant.AskAt)
        {
            return;
        }
        grant.IsAsked = true;
        transactions.Begin(new TurnTransaction(method) { Peer = peer, Channel = grant.Channel }, now);
    }

    private static void Extend(Grant grant, TimeSpan lifetime, TimeSpan now, bool isAnswer = true)
    {
        grant.IsAsked &= !isAnswer;
        grant.Until = now + lifetime;
        grant.AskAt = grant.Until - s_early;
    }

    private int FreeNumber()
    {
        var number = FirstChannel;
        while (TryGetPeer(number, out _))
        {
            number++;
        }
        return number;
    }

    // A grant that is not used any more is looked at once more when it can be forgotten.
    private static TimeSpan? Next(Dictionary<TransportAddress, Grant> grants)
    {
        TimeSpan? next = null;
        foreach (var grant in grants.Values)
        {
            if (!grant.IsAsked)
            {
                var unused = grant.UsedAt + s_unused;
                var at = grant.IsForbidden || grant.AskAt >= unused ? Later(unused, grant.Until + s_numberRest) : grant.AskAt;
                next = Earlier(next, at);
            }
        }
        return next;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;
}
