// `mumu turn` on a public address of its own: UDP and TCP on 3478, TLS on 443.
using System.Text.Json;
using System.Text.RegularExpressions;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Processes;

internal sealed partial class TurnServer(LabProcess process, TemporaryFolder data) : IAsyncDisposable
{
    public static async Task<TurnServer> StartAsync(NetworkNamespace inside, string address, string secret, Certificate certificate)
    {
        var data = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(data.Path, "mumu.json"),
            JsonSerializer.Serialize(
                new
                {
                    turn = new
                    {
                        secret,
                        tlsPort = 443,
                        certificate = certificate.Path,
                        key = certificate.KeyPath,
                    },
                }
            )
        );
        var process = MumuProgram.Start(inside, ["turn", "--bind", address, "--data", data.Path], certificate);
        await process.WaitForAsync(Running(), TimeSpan.FromSeconds(60));
        return new TurnServer(process, data);
    }

    public string Output => process.Output;

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        data.Dispose();
    }

    [GeneratedRegex("Stop +Ctrl-C")]
    private static partial Regex Running();
}
