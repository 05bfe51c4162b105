// The program that ./test built, as the lab starts it: with a data folder of its own inside a namespace.
using System.Runtime.InteropServices;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Processes;

internal static class MumuProgram
{
    private static readonly string s_path = Path.Combine(Repository.Root, "artifacts", "mumu", "mumu");

    public static LabProcess Start(
        NetworkNamespace inside,
        string[] arguments,
        Certificate certificate,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        Assert.True(File.Exists(s_path), "The program is not built: run ./test or ./run first.");
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["DOTNET_ROOT"] = Path.GetDirectoryName(
                Path.GetDirectoryName(Path.GetDirectoryName(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/')))
            )!,
            // A dozen of them share two cores here.
            ["DOTNET_gcServer"] = "0",
            ["SSL_CERT_FILE"] = certificate.Path,
        };
        return LabProcess.Start(inside, s_path, arguments, environment);
    }
}
