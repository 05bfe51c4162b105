// One line of `mumu doctor`.
namespace Mumu.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, with less.</summary>
    Warning,

    /// <summary>The program will not run, or not as it should.</summary>
    Problem,
}

/// <summary>What was looked at and what was found.</summary>
/// <param name="Subject">What was looked at, in a word or two.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Sentence">What was found.</param>
/// <param name="Advice">What to do about it; null when all is well.</param>
internal sealed record Finding(string Subject, Severity Severity, string Sentence, string? Advice = null);
