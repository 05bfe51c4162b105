// A running `mumu up` with an owner, for tests that only look or leave things as they were.
namespace Mumu.EndToEnd.Tests.Harness;

public sealed class SharedInstallation : IAsyncLifetime
{
    internal const string Owner = "olive";
    private Installation? _installation;

    internal Installation Installation => _installation ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync("up");
        await _installation.AddUserAsync(Owner, "owner");
    }

    public async ValueTask DisposeAsync()
    {
        if (_installation is not null)
        {
            await _installation.DisposeAsync();
        }
    }
}
