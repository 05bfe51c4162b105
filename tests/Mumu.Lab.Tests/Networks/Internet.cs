// The Internet in the middle: one namespace with the servers' public addresses, to which every home is attached.
using System.Globalization;

namespace Mumu.Lab.Tests.Networks;

/// <summary>
/// Addresses look public, since neither a TURN server nor a browser treats private or documentation ranges like the real thing: servers are 11.0.0.x, the
/// outsides of homes 11.1.n.2, hosts without NAT 11.2.n.2. Nothing leaves the namespace: what has no home here falls into a void.
/// </summary>
internal sealed class Internet : IDisposable
{
    private readonly List<Home> _homes = [];
    private readonly Lock _gate = new();
    private int _count;

    private Internet(NetworkNamespace middle) => Middle = middle;

    /// <summary>Where the servers run.</summary>
    public NetworkNamespace Middle { get; }

    public static async Task<Internet> CreateAsync()
    {
        var internet = new Internet(await NetworkNamespace.CreateAsync("net", forwards: true));
        // A default route into nothing: without one, sending to a private address is an error at the sender, which the real Internet never gives.
        await internet.Middle.IpAsync(
            "link add void0 type veth peer name void1",
            "link set void1 up",
            "link set void0 up",
            "addr add 11.255.0.1/30 dev void0",
            "neigh add 11.255.0.2 lladdr 02:00:00:00:00:99 dev void0",
            "route add default via 11.255.0.2"
        );
        return internet;
    }

    /// <summary>Gives the servers another public address.</summary>
    public Task AddAddressAsync(string address) => Middle.IpAsync($"addr add {address}/32 dev lo");

    /// <summary>The machine with this address falls silent: no error tells anyone.</summary>
    public Task RemoveAddressAsync(string address) => Middle.IpAsync($"addr del {address}/32 dev lo");

    /// <summary>Attaches a home behind a router of this kind.</summary>
    public async Task<Home> AddHomeAsync(Nat nat, string what)
    {
        var home = await Home.CreateAsync(this, Interlocked.Increment(ref _count), nat, what);
        lock (_gate)
        {
            _homes.Add(home);
        }
        return home;
    }

    /// <summary>The name of the Internet's end of a home's line.</summary>
    public static string LineName(int number) => string.Create(CultureInfo.InvariantCulture, $"line{number}");

    public void Dispose()
    {
        foreach (var home in _homes)
        {
            home.Dispose();
        }
        Middle.Dispose();
    }
}
