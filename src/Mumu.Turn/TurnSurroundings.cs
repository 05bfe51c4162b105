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
        IEnumerable<IPAddress> own = _options.ExternalAddress is { } external ? [.. _own, external] : _own;
        var open = _options.OwnPorts.SelectMany(port => IsWildcard(port.Address) ? _own.Select(a => new IPEndPoint(a, port.Port)) : [port]);
        Rules = new TurnPeerRules(_options.AllowedPeers, [.. own], [.. open]);
    }

    private IPAddress? Bind(AddressFamily family)
    {
        var wanted = _options.RelayBind ?? (IsWildcard(_options.Listen.Address) ? null : _options.Listen.Address);
        return wanted?.AddressFamily == family ? wanted : OwnAddresses.Main(family, _own);
    }

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
