// The program's version, as --version prints it.
using System.Reflection;

namespace Mumu.Cli.Hosting;

internal static class ProgramVersion
{
    /// <summary>Major.minor.patch.</summary>
    public static string Text { get; } = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0.0.0";
}
