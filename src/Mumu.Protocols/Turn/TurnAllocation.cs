// One allocation: a client, its relayed address, and the peers it has let in.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>State of one allocation (RFC 8656 §3.2). Permissions and channels lapse when looked at, not by timers.</summary>
internal sealed class TurnAllocation
{
    private static readonly TimeSpan s_permissionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_channelLifetime = TimeSpan.FromMinutes(10);
    private readonly Dictionary<TransportAddress, TurnPermission> _permissions = new(2);
    private readonly Dictionary<TransportAddress, TurnChannel> _channelsByPeer = new(2);
    private readonly Dictionary<int, TurnChannel> _channels = new(2);

    /// <summary>Its relay; of a dual allocation the one of IPv4.</summary>
    public required int Id { get; init; }

    /// <summary>The relay of IPv6 of a dual allocation (ADDITIONAL-ADDRESS-FAMILY); 0 where there is none.</summary>
    public int SecondId { get; set; }

    public required FlowId Client { get; init; }
    public required byte[] UserName { get; init; }
    public required byte[] Key { get; init; }
    public required bool IsIPv6 { get; init; }
    public required bool IsEven { get; init; }

    /// <summary>Peers are reached over TCP (RFC 6062), by connections and not by indications or channels.</summary>
    public bool IsTcp { get; init; }
    public required StunTransactionId Transaction { get; init; }
    public required bool WithFingerprint { get; init; }
    public required TimeSpan Expires { get; set; }
    public required TurnAccount Account { get; init; }

    /// <summary>The relayed address; null until the driver has a socket, or where it could not have one.</summary>
    public TransportAddress? Relayed { get; set; }

    /// <summary>The relayed address of <see cref="SecondId"/>.</summary>
    public TransportAddress? SecondRelayed { get; set; }

    /// <summary>Relays of which the driver has not told yet what became of them.</summary>
    public int Awaited { get; set; }

    /// <summary>True once the client may be told, and has something to be told.</summary>
    public bool IsReady => Awaited == 0 && (Relayed ?? SecondRelayed) is not null;

    /// <summary>The family that was asked for besides and can't be had here at all (440).</summary>
    public bool LacksIPv6 { get; init; }

    /// <summary>Of two families asked for, the one that could not be had, and why.</summary>
    public (bool IsIPv6, uint Code)? MissingFamily =>
        LacksIPv6 ? (true, TurnErrorCode.AddressFamilyNotSupported)
        : SecondId == 0 ? null
        : Relayed is null ? (false, TurnErrorCode.InsufficientCapacity)
        : SecondRelayed is null ? (true, TurnErrorCode.InsufficientCapacity)
        : null;

    /// <summary>True if peers of the family can be reached.</summary>
    public bool Covers(bool isIPv6) => Via(isIPv6, out _) is not null;

    /// <summary>The relayed address towards peers of a family, and its relay's number; null without one.</summary>
    public TransportAddress? Via(bool isIPv6, out int relay)
    {
        var isFirst = isIPv6 == IsIPv6;
        relay = isFirst ? Id : SecondId;
        return isFirst ? Relayed : SecondRelayed;
    }

    public bool TryGetPermission(in TransportAddress peer, TimeSpan now, out TurnPermission permission) =>
        _permissions.TryGetValue(peer.WithPort(0), out permission) && permission.Expires > now;

    /// <summary>True if this many more peers would fit; the lapsed make room.</summary>
    public bool HasRoomFor(ReadOnlySpan<TransportAddress> peers, int most, TimeSpan now)
    {
        foreach (var (address, permission) in _permissions)
        {
            if (permission.Expires <= now)
            {
                _permissions.Remove(address);
            }
        }
        var added = 0;
        foreach (var peer in peers)
        {
            added += _permissions.ContainsKey(peer.WithPort(0)) ? 0 : 1;
        }
        return _permissions.Count + added <= most;
    }

    public void Permit(in TransportAddress peer, bool isOwn, TimeSpan now) =>
        _permissions[peer.WithPort(0)] = new TurnPermission(now + s_permissionLifetime, isOwn);

    /// <summary>Judges all peers anew, after the rules have changed; those that are refused now are shut out.</summary>
    public void Rejudge(TurnPeerGate gate)
    {
        foreach (var (address, permission) in _permissions)
        {
            if (gate.MayPermit(address, out var isOwn))
            {
                _permissions[address] = permission with { IsOwn = isOwn };
            }
            else
            {
                _permissions.Remove(address);
            }
        }
        foreach (var (number, channel) in _channels)
        {
            if (gate.MayPermit(channel.Peer, out var isOwn))
            {
                _channels[number] = _channelsByPeer[channel.Peer] = channel with { IsOwn = isOwn };
            }
            else
            {
                _channels.Remove(number);
                _channelsByPeer.Remove(channel.Peer);
            }
        }
    }

    public bool TryGetChannel(int number, TimeSpan now, out TurnChannel channel) =>
        _channels.TryGetValue(number, out channel) && channel.Expires > now;

    public bool TryGetChannel(in TransportAddress peer, TimeSpan now, out TurnChannel channel) =>
        _channelsByPeer.TryGetValue(peer, out channel) && channel.Expires > now;

    public bool HasRoomForChannel(in TransportAddress peer, int most, TimeSpan now)
    {
        foreach (var (number, channel) in _channels)
        {
            if (channel.Expires <= now)
            {
                _channels.Remove(number);
                _channelsByPeer.Remove(channel.Peer);
            }
        }
        return _channelsByPeer.ContainsKey(peer) || _channels.Count < most;
    }

    public void Bind(int number, in TransportAddress peer, bool isOwn, TimeSpan now) =>
        _channels[number] = _channelsByPeer[peer] = new TurnChannel(number, peer, now + s_channelLifetime, isOwn);
}

/// <summary>A peer's address that may send and be sent to.</summary>
/// <param name="Expires">When it lapses.</param>
/// <param name="IsOwn">The rules refuse the address as a whole, but it is the server's own: other allocations are reached there, and ports that were named.</param>
internal readonly record struct TurnPermission(TimeSpan Expires, bool IsOwn);

/// <summary>A channel bound to a peer.</summary>
/// <param name="Number">0x4000–0x7FFF.</param>
/// <param name="Peer">The peer.</param>
/// <param name="Expires">When it lapses.</param>
/// <param name="IsOwn">See <see cref="TurnPermission"/>.</param>
internal readonly record struct TurnChannel(int Number, TransportAddress Peer, TimeSpan Expires, bool IsOwn);
