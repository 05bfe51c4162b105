// One home: a host behind a router, which is a NAT of some kind.
namespace Mumu.Lab.Tests.Networks;

internal sealed class Home : IDisposable
{
    private const string PrivateHost = "192.168.1.10";

    private Home(Nat nat, NetworkNamespace router, NetworkNamespace host, int number)
    {
        Nat = nat;
        Router = router;
        Host = host;
        HostAddress = nat == Nat.Open ? $"11.2.{number}.2" : PrivateHost;
        OutsideAddress = nat == Nat.Open ? HostAddress : $"11.1.{number}.2";
    }

    public Nat Nat { get; }

    public NetworkNamespace Router { get; }

    /// <summary>Where agent or viewer run.</summary>
    public NetworkNamespace Host { get; }

    public string HostAddress { get; }

    /// <summary>The address under which the Internet sees the host.</summary>
    public string OutsideAddress { get; }

    /// <summary>Called by <see cref="Internet.AddHomeAsync"/>. All homes with NAT have the same private addresses inside, as real ones have.</summary>
    public static async Task<Home> CreateAsync(Internet internet, int number, Nat nat, string what)
    {
        var router = await NetworkNamespace.CreateAsync($"{what}router", forwards: true);
        var host = await NetworkNamespace.CreateAsync(what, forwards: false);
        var home = new Home(nat, router, host, number);
        var line = Internet.LineName(number);
        var gateway = nat == Nat.Open ? $"11.2.{number}.1" : "192.168.1.1";
        await internet.Middle.IpAsync(
            $"link add {line} type veth peer name wan netns {router.Name}",
            $"addr add 11.1.{number}.1/30 dev {line}",
            $"link set {line} up"
        );
        await router.IpAsync(
            $"link add lan type veth peer name eth0 netns {host.Name}",
            $"addr add 11.1.{number}.2/30 dev wan",
            "link set wan up",
            $"addr add {gateway}/24 dev lan",
            "link set lan up",
            $"route add default via 11.1.{number}.1"
        );
        await host.IpAsync($"addr add {home.HostAddress}/24 dev eth0", "link set eth0 up", $"route add default via {gateway}");
        if (nat == Nat.Open)
        {
            await internet.Middle.IpAsync($"route add 11.2.{number}.0/24 via 11.1.{number}.2");
        }
        await home.ApplyAsync(RouterRules.For(nat, home.HostAddress));
        return home;
    }

    /// <summary>Replaces the router's rules; mappings that exist stay as they are.</summary>
    public Task ApplyAsync(string rules) => Command.RunAsync("ip", Router.Inside("nft", "-f", "-"), rules);

    /// <summary>Another home's host gets a second line, through this home's router; it is down yet.</summary>
    public async Task LendLineAsync(Home to)
    {
        await Router.IpAsync(
            $"link add lan2 type veth peer name eth1 netns {to.Host.Name}",
            "addr add 192.168.2.1/24 dev lan2",
            "link set lan2 up"
        );
        await to.Host.IpAsync("addr add 192.168.2.10/24 dev eth1");
    }

    /// <summary>The host's first line goes down and its second one comes up.</summary>
    public Task ChangeLineAsync() => Host.IpAsync("link set eth0 down", "link set eth1 up", "route add default via 192.168.2.1");

    /// <summary>The router forgets every mapping, as after a restart.</summary>
    public Task ForgetMappingsAsync() => Router.RunAsync("conntrack", "-F");

    public void Dispose()
    {
        Host.Dispose();
        Router.Dispose();
    }
}
