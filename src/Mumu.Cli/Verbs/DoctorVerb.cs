// `mumu doctor`: looks at what the program needs and says in words what is wrong.
using System.CommandLine;
using Mumu.Agent.Settings;
using Mumu.Cli.Doctor;
using Mumu.Cli.Options;

namespace Mumu.Cli.Verbs;

internal static class DoctorVerb
{
    public static Command Create()
    {
        var command = new Command("doctor", "Check ports, OpenSSL, the clock, UDP segmentation and ffmpeg, and say what is wrong.");
        var shared = new SharedOptions().AddData(command).AddListening(command);
        command.SetAction(parsed =>
        {
            var settings = shared.OpenSettings(parsed, new SettingsOverrides()).Current;
            Finding[] findings =
            [
                .. PortCheck.Look(settings, shared.Bind(parsed)),
                DataCheck.Look(shared.DataDirectory(parsed)),
                OpenSslCheck.Look(),
                SegmentationCheck.Look(),
                ClockCheck.Look(TimeProvider.System),
                ProgramCheck.LookForFfmpeg(),
            ];
            foreach (var finding in findings)
            {
                Print(parsed.InvocationConfiguration.Output, finding);
            }
            return findings.Any(f => f.Severity == Severity.Problem) ? 1 : 0;
        });
        return command;
    }

    private static void Print(TextWriter output, Finding finding)
    {
        var mark = finding.Severity switch
        {
            Severity.Good => "ok     ",
            Severity.Warning => "note   ",
            _ => "PROBLEM",
        };
        output.WriteLine($"{mark}  {finding.Subject}: {finding.Sentence}");
        if (finding.Advice is not null)
        {
            output.WriteLine($"         → {finding.Advice}");
        }
    }
}
