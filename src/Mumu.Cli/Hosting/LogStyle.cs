// What a line of the log looks like, once the settings have said it.
namespace Mumu.Cli.Hosting;

/// <summary>Shared by the logger that tells of the settings and so is there before them, and by the host's.</summary>
internal sealed class LogStyle
{
    /// <summary>One JSON object a line.</summary>
    public volatile bool IsJson;
}
