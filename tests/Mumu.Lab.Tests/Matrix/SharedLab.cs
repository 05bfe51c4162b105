// The whole lab: one Internet, a home of every kind for devices and another one for viewers, and one hub for each TURN server.
using System.Diagnostics;
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Networks;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Matrix;

/// <summary>Shared by all tests; each part is made when the first test asks for it.</summary>
public sealed class SharedLab : IAsyncLifetime
{
    private readonly Dictionary<string, Task> _made = [];
    private readonly Lock _gate = new();
    private readonly List<object> _disposables = [];
    private TemporaryFolder? _folder;
    private Process? _guardian;

    internal Internet Internet { get; private set; } = null!;

    internal Certificate Certificate { get; private set; } = null!;

    internal Report Report { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Requirements.CheckAsync();
        _guardian = Leftovers.Guard();
        _folder = new TemporaryFolder();
        Certificate = new Certificate(_folder.Path, Addresses.All);
        Internet = await Internet.CreateAsync();
        foreach (var address in Addresses.All)
        {
            await Internet.AddAddressAsync(address);
        }
    }

    /// <summary>The home of that kind for viewers or for devices.</summary>
    internal Task<Home> HomeAsync(Nat nat, bool forViewer) =>
        OnceAsync($"home {nat} {forViewer}", () => Internet.AddHomeAsync(nat, forViewer ? "viewer" : "agent"));

    /// <summary>A browser in the viewers' home of that kind.</summary>
    internal Task<Chromium> ChromiumAsync(Nat nat) =>
        OnceAsync($"chromium {nat}", async () => await Chromium.StartAsync(await HomeAsync(nat, forViewer: true), Certificate));

    internal Task<Coturn> CoturnAsync() =>
        OnceAsync(
            "coturn",
            () => Coturn.StartAsync(Internet.Middle, Addresses.Coturn, Addresses.CoturnSecond, Addresses.TurnSecret, Certificate)
        );

    internal Task<TurnServer> TurnServerAsync() =>
        OnceAsync("mumu turn", () => TurnServer.StartAsync(Internet.Middle, Addresses.EmbeddedTurn, Addresses.TurnSecret, Certificate));

    internal Task<Hub> HubAsync(TurnKind turn) =>
        OnceAsync(
            $"hub {turn}",
            async () =>
            {
                if (turn == TurnKind.Embedded)
                {
                    await TurnServerAsync();
                    return await Hub.StartAsync(
                        Internet.Middle,
                        Addresses.EmbeddedHub,
                        TurnSettings([Addresses.EmbeddedTurn]),
                        Certificate
                    );
                }
                await CoturnAsync();
                return await Hub.StartAsync(Internet.Middle, Addresses.CoturnHub, TurnSettings([Addresses.Coturn]), Certificate);
            }
        );

    internal Task<Agent> AgentAsync(Nat nat, TurnKind turn) =>
        OnceAsync(
            $"agent {nat} {turn}",
            async () =>
            {
                var home = HomeAsync(nat, forViewer: false);
                var hub = HubAsync(turn);
                return await Agent.StartAsync(await home, await hub, portOffset: 100 * (int)turn, Certificate);
            }
        );

    public async ValueTask DisposeAsync()
    {
        Report.Write();
        for (var i = _disposables.Count - 1; i >= 0; i--)
        {
            if (_disposables[i] is IAsyncDisposable made)
            {
                await made.DisposeAsync();
            }
        }
        Internet?.Dispose();
        _folder?.Dispose();
        if (_guardian is not null)
        {
            _guardian.StandardInput.Close();
            await _guardian.WaitForExitAsync();
            _guardian.Dispose();
        }
    }

    internal static object TurnSettings(string[] addresses) =>
        new
        {
            iceServers = new[] { new { urls = new[] { $"stun:{addresses[0]}:3478" } } },
            turn = new
            {
                urls = addresses.SelectMany(address =>
                    new[]
                    {
                        $"turn:{address}:3478?transport=udp",
                        $"turn:{address}:3478?transport=tcp",
                        $"turns:{address}:443?transport=tcp",
                    }
                ),
                secret = Addresses.TurnSecret,
            },
        };

    private Task<T> OnceAsync<T>(string what, Func<Task<T>> make)
    {
        lock (_gate)
        {
            if (!_made.TryGetValue(what, out var made))
            {
                _made[what] = made = MakeAsync(make);
            }
            return (Task<T>)made;
        }
    }

    private async Task<T> MakeAsync<T>(Func<Task<T>> make)
    {
        await Task.Yield();
        var made = await make();
        lock (_gate)
        {
            _disposables.Add(made!);
        }
        return made;
    }
}
