// The measured matrix, as a table in artifacts/lab.
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Matrix;

internal sealed class Report
{
    /// <summary>The viewer whose figures stand in the docs.</summary>
    public const string Browser = "Chromium";

    private readonly ConcurrentDictionary<(string Viewer, TurnKind Turn, Nat Device, Nat ViewerSide), CallResult> _calls = [];
    private readonly ConcurrentDictionary<string, TimeSpan> _recoveries = [];

    public void Add(string viewer, TurnKind turn, Nat device, Nat viewerSide, CallResult call) =>
        _calls[(viewer, turn, device, viewerSide)] = call;

    public void AddRecovery(string what, TimeSpan took) => _recoveries[what] = took;

    public void Write()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "lab"));
        File.WriteAllText(Path.Combine(folder.FullName, "nat.md"), Tables(_ => true));
        if (Environment.GetEnvironmentVariable("MUMU_LAB_DOCS") == "1")
        {
            WriteIntoDocs(Tables(viewer => viewer == Browser));
        }
    }

    private string Tables(Predicate<string> isWanted)
    {
        var text = new StringBuilder();
        foreach (var (viewer, turn) in _calls.Keys.Select(c => (c.Viewer, c.Turn)).Where(c => isWanted(c.Viewer)).Distinct().Order())
        {
            WriteTable(text, viewer, turn);
        }
        if (!_recoveries.IsEmpty)
        {
            text.AppendLine("| what happens in mid-call | the picture stands still for |").AppendLine("|---|---|");
            foreach (var (what, took) in _recoveries.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {took.TotalSeconds:0.0} s |");
            }
        }
        return text.ToString();
    }

    private static void WriteIntoDocs(string tables)
    {
        const string begin = "<!-- measured -->\n";
        const string end = "<!-- end of measured -->";
        var page = Path.Combine(Repository.Root, "docs", "nat.md");
        var text = File.ReadAllText(page);
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        File.WriteAllText(page, string.Concat(text.AsSpan(0, from), tables, text.AsSpan(text.IndexOf(end, StringComparison.Ordinal))));
    }

    private void WriteTable(StringBuilder text, string viewer, TurnKind turn)
    {
        var kinds = Enum.GetValues<Nat>();
        text.AppendLine(CultureInfo.InvariantCulture, $"{viewer}, {(turn == TurnKind.Embedded ? "mumu turn" : "coturn")}:").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| device ↓ viewer → | {string.Join(" | ", kinds)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(kinds.Select(_ => "---|"))}");
        foreach (var device in kinds)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {device} | {string.Join(" | ", kinds.Select(v => Cell(viewer, turn, device, v)))} |"
            );
        }
        text.AppendLine();
    }

    private string Cell(string viewer, TurnKind turn, Nat device, Nat viewerSide) =>
        !_calls.TryGetValue((viewer, turn, device, viewerSide), out var call) ? "–"
        : !call.IsPlaying ? "fails"
        : string.Create(CultureInfo.InvariantCulture, $"{(call.IsRelayed ? "relay" : "direct")} {call.FirstFrame?.TotalSeconds:0.00} s");
}
