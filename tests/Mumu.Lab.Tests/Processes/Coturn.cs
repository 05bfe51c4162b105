// coturn with the shared-secret scheme: UDP and TCP on 3478, TLS (and plain TCP) on 443.
using System.Text.RegularExpressions;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Processes;

internal sealed partial class Coturn(LabProcess process, TemporaryFolder folder) : IAsyncDisposable
{
    /// <summary>Starts it on its public address, and on a second one from which it answers when a client looks into its NAT (RFC 5780).</summary>
    public static async Task<Coturn> StartAsync(
        NetworkNamespace inside,
        string address,
        string other,
        string secret,
        Certificate certificate
    )
    {
        var folder = new TemporaryFolder();
        var process = LabProcess.Start(
            inside,
            "turnserver",
            [
                "-n",
                "--no-cli",
                "--use-auth-secret",
                $"--static-auth-secret={secret}",
                "--realm=lab",
                $"--listening-ip={address}",
                $"--listening-ip={other}",
                $"--relay-ip={address}",
                "--listening-port=3478",
                "--tls-listening-port=443",
                $"--cert={certificate.Path}",
                $"--pkey={certificate.KeyPath}",
                "--no-dtls",
                "--verbose",
                "--log-file=stdout",
                $"--pidfile={folder.Path}/pid",
                $"--userdb={folder.Path}/users",
            ]
        );
        await process.WaitForAsync(Listening(), TimeSpan.FromSeconds(20));
        return new Coturn(process, folder);
    }

    public string Output => process.Output;

    /// <summary>It dies without a word.</summary>
    public Task KillAsync() => process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }

    [GeneratedRegex(@"IPv4\. (TLS|TCP).*listener opened on")]
    private static partial Regex Listening();
}
