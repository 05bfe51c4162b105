// The local candidates of an agent: their priorities and foundations, and which socket reaches which family.
using System.Globalization;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>Local candidates (RFC 8445 §5.1), at most <see cref="Max"/>.</summary>
internal sealed class IceLocalAddresses
{
    public const int Max = 32;
    private const uint Component = 1;
    private const int DiscardPort = 9; // of a candidate that connects (RFC 6544 §4.5)
    private readonly List<IceLocalAddress> _addresses = [];
    private readonly List<IceCandidate> _candidates = [];
    private int _added;

    public IReadOnlyList<IceCandidate> Candidates => _candidates;

    public List<IceLocalAddress> All => _addresses;

    /// <summary>Adds one; null if it is known already or there are too many.</summary>
    public IceLocalAddress? Add(
        int @base,
        in TransportAddress address,
        IceCandidateType type,
        TransportAddress? related,
        TransportAddress? server,
        IceTransport transport = IceTransport.Udp
    )
    {
        if (_addresses.Count >= Max)
        {
            return null;
        }
        foreach (var known in _addresses)
        {
            // A reflexive address equal to a host's says that there is no NAT: nothing new (RFC 8445 §5.1.3).
            var isOfKind = (known.Candidate.Transport == IceTransport.Udp) == (transport == IceTransport.Udp);
            if (
                known.Address == address
                && isOfKind
                && (known.Base == @base || type is not (IceCandidateType.Host or IceCandidateType.Relayed))
            )
            {
                return null;
            }
        }
        var preference = LocalPreference(transport, (uint)_added++ + (address.IsIPv6 ? 0u : (uint)Max));
        var port = transport == IceTransport.TcpActive ? DiscardPort : address.Port;
        var candidate = new IceCandidate(
            Foundation(type, related ?? address, server, transport),
            (int)Component,
            transport,
            Priority(TypePreference(type, transport), preference),
            IceCandidateText.AddressText(address),
            port,
            type,
            related
        );
        // A check from a relay keeps the relay's low rank, lest the peer prefers it as peer-reflexive before it is signaled.
        var checkType = type == IceCandidateType.Relayed ? type : IceCandidateType.PeerReflexive;
        var added = new IceLocalAddress(
            @base,
            address,
            candidate.Priority,
            Priority(TypePreference(checkType, transport), preference),
            candidate
        );
        _addresses.Add(added);
        _candidates.Add(candidate);
        return added;
    }

    /// <summary>Takes all of a base out.</summary>
    public void Remove(int @base)
    {
        for (var i = _addresses.Count - 1; i >= 0; i--)
        {
            if (_addresses[i].Base == @base)
            {
                _candidates.Remove(_addresses[i].Candidate);
                _addresses.RemoveAt(i);
            }
        }
    }

    /// <summary>The address datagrams leave a base from towards a family; the base's first one if it has none of the family.</summary>
    public IceLocalAddress? Find(int @base, bool isIPv6)
    {
        IceLocalAddress? other = null;
        foreach (var address in _addresses)
        {
            if (address.Base == @base && address.IsBase)
            {
                if (address.Address.IsIPv6 == isIPv6)
                {
                    return address;
                }
                other ??= address;
            }
        }
        return other;
    }

    /// <summary>RFC 8445 §5.1.2.1 and RFC 6544 §4.2: higher is better, and an earlier address beats a later one.</summary>
    private static uint LocalPreference(IceTransport transport, uint order) =>
        transport switch
        {
            IceTransport.Udp => 65535 - order,
            IceTransport.TcpActive => (6u << 13) | (8191 - order),
            _ => (4u << 13) | (8191 - order),
        };

    /// <summary>RFC 8445 §5.1.2.2; higher is better. TCP stands behind all direct UDP and before relays.</summary>
    private static uint TypePreference(IceCandidateType type, IceTransport transport) =>
        type switch
        {
            IceCandidateType.Host when transport != IceTransport.Udp => 90,
            IceCandidateType.PeerReflexive when transport != IceTransport.Udp => 80,
            IceCandidateType.Host => 126,
            IceCandidateType.PeerReflexive => 110,
            IceCandidateType.ServerReflexive => 100,
            _ => 0,
        };

    private static uint Priority(uint typePreference, uint localPreference) =>
        (typePreference << 24) | (localPreference << 8) | (256 - Component);

    /// <summary>Equal for candidates of one type, base address and server (RFC 8445 §5.1.1.3): an FNV-1a hash in decimal.</summary>
    private static string Foundation(IceCandidateType type, in TransportAddress basis, TransportAddress? server, IceTransport transport)
    {
        Span<byte> bytes = stackalloc byte[33];
        bytes.Clear();
        bytes[0] = (byte)((int)type | ((int)transport << 4));
        basis.WriteAddress(bytes[1..]);
        server?.WriteAddress(bytes[17..]);
        var hash = 2166136261u;
        foreach (var octet in bytes)
        {
            hash = (hash ^ octet) * 16777619u;
        }
        return hash.ToString(CultureInfo.InvariantCulture);
    }
}
