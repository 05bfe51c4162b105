// Whether this machine can have a lab at all.
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Matrix;

internal static class Requirements
{
    /// <summary>Skips where namespaces are not to be had; for root, who can make them, that is a failure.</summary>
    public static async Task CheckAsync()
    {
        var isRoot = Environment.UserName == "root" || Environment.GetEnvironmentVariable("USER") == "root";
        var name = Leftovers.NewName("try");
        var (code, text) = await Command.TryAsync("ip", ["netns", "add", name]);
        if (code == 0)
        {
            NetworkNamespace.Delete(name);
            return;
        }
        Assert.SkipUnless(isRoot, $"No network namespaces here (they need root): {text.Trim()}");
        Assert.Fail($"Network namespaces are impossible here: {text}");
    }
}
