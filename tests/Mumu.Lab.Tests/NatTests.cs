// The lab's routers are the NATs they are called: seen from inside by coturn's discovery tool.
using Mumu.Lab.Tests.Matrix;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests;

public sealed class NatTests(SharedLab lab)
{
    [Theory]
    [InlineData(Nat.FullCone, "Endpoint Independent", "Endpoint Independent")]
    [InlineData(Nat.PortRestricted, "Endpoint Independent", "Address and Port Dependent")]
    [InlineData(Nat.Symmetric, "Address and Port Dependent", "Address and Port Dependent")]
    public async Task A_router_maps_and_filters_as_it_is_called(Nat nat, string mapping, string filtering)
    {
        await lab.CoturnAsync();
        var looks = new[] { true, false }.Select(async forViewer =>
            await NatProbe.LookAsync(await lab.HomeAsync(nat, forViewer), Addresses.Coturn)
        );
        foreach (var (behavior, text) in await Task.WhenAll(looks))
        {
            Assert.True(behavior == new NatBehavior(true, mapping, filtering), $"{behavior}\n{text}");
        }
    }

    [Fact]
    public async Task Without_NAT_the_host_has_its_public_address()
    {
        await lab.CoturnAsync();
        var (behavior, text) = await NatProbe.LookAsync(await lab.HomeAsync(Nat.Open, forViewer: true), Addresses.Coturn);
        Assert.True(behavior is { IsTranslated: false, Filtering: "Endpoint Independent" or null }, $"{behavior}\n{text}");
    }

    [Theory]
    [InlineData(Nat.UdpBlocked, true)]
    [InlineData(Nat.OnlyTcp443, false)]
    public async Task A_firewall_lets_through_what_it_is_called(Nat nat, bool passesPort3478)
    {
        await lab.CoturnAsync();
        var home = await lab.HomeAsync(nat, forViewer: true);
        var (behavior, _) = await NatProbe.LookAsync(home, Addresses.Coturn);
        Assert.Null(behavior);
        Assert.True(await ConnectsAsync(home, 443));
        Assert.Equal(passesPort3478, await ConnectsAsync(home, 3478));
    }

    private static async Task<bool> ConnectsAsync(Home home, int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            await using var stream = await home.Host.ConnectAsync(
                new System.Net.IPEndPoint(System.Net.IPAddress.Parse(Addresses.Coturn), port),
                limit.Token
            );
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
