// What the server must know of the machine it runs on, and keep knowing: its addresses.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Makes the rules about peers from the settings and the machine's addresses, again whenever those may have changed.</summary>
internal sealed class TurnSurroundings : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(15);

    private readonly TurnListenerOptions _options;
    private readonly TimeProvider _time;
    private IReadOnlyList<IPAddress> _own = [];
    private long _looked;
    private bool _hasChanged;

    public TurnSurroundings(TurnListenerOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        NetworkChange.NetworkAddressChanged += Hear;
        Look();
    }

    /// <summary>The rules in force.</summary>
    public TurnPeerRules Rules { get; private set; } = new([], []);

    /// <summary>Where relays of IPv4 are bound; null if there can be none.</summary>
    public IPAddress? RelayBind { get; private set; }

    /// <summary>Where relays of IPv6 are bound; null if there can be none.</summary>
    public IPAddress? RelayBindIPv6 { get; private set; }

    /// <summary>True if relays of IPv4 can be had.</summary>
    public bool RelaysIPv4 => RelayBind is not null;

    /// <summary>True if relays of IPv6 can be had.</summary>
    public bool RelaysIPv6 => RelayBindIPv6 is not null;

    /// <summary>Looks if it is time to, or the system has told of a change; true if <see cref="Rules"/> are new.</summary>
    public bool TryRefresh()
    {
        if (!Volatile.Read(ref _hasChanged) && _time.GetElapsedTime(_looked) < s_look)
        {
            return false;
        }
        var before = _own;
        Look();
        return !before.SequenceEqual(_own);
    }

    public void Dispose() => NetworkChange.NetworkAddressChanged -= Hear;

    private void Hear(object? sender, EventArgs e) => Volatile.Write(ref _hasChanged, true);

    private void Look()
    {
        Volatile.Write(ref _hasChanged, false);
        _looked = _time.GetTimestamp();
        _own = OwnAddresses.List();
        RelayBind = Bind(AddressFamily.InterNetwork);
        RelayBindIPv6 = _options.RelayBindIPv6 ?? Bind(AddressFamily.InterNetworkV6);
        IEnumerable<IPAddress> own = _options.ExternalAddress is { } external ? [.. _own, external] : _own;
        var open = _options.OwnPorts.SelectMany(port => IsWildcard(port.Address) ? _own.Select(a => new IPEndPoint(a, port.Port)) : [port]);
        Rules = new TurnPeerRules(_options.AllowedPeers, [.. own], [.. open]);
    }

    private IPAddress? Bind(AddressFamily family)
    {
        var wanted = _options.RelayBind ?? (IsWildcard(_options.Listen.Address) ? null : _options.Listen.Address);
        var main = wanted is null ? OwnAddresses.Main(family, _own) : null;
        return wanted is null ? (family == AddressFamily.InterNetworkV6 && main is { } own && IPAddress.IsLoopback(own) ? null : main)
            : wanted.AddressFamily == family ? wanted
            : null; // bound to one address: nothing of the server is on another
    }

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
