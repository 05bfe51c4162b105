// The measured matrix, as a table in artifacts/lab.
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Matrix;

internal sealed class Report
{
    private readonly ConcurrentDictionary<(TurnKind Turn, Nat Device, Nat Viewer), CallResult> _calls = [];
    private readonly ConcurrentDictionary<string, TimeSpan> _recoveries = [];

    public void Add(TurnKind turn, Nat device, Nat viewer, CallResult call) => _calls[(turn, device, viewer)] = call;

    public void AddRecovery(string what, TimeSpan took) => _recoveries[what] = took;

    public void Write()
    {
        var text = new StringBuilder();
        foreach (var turn in Enum.GetValues<TurnKind>().Where(t => _calls.Keys.Any(c => c.Turn == t)))
        {
            WriteTable(text, turn);
        }
        if (!_recoveries.IsEmpty)
        {
            text.AppendLine("| what happens in mid-session | seconds without a picture |").AppendLine("|---|---|");
            foreach (var (what, took) in _recoveries.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {took.TotalSeconds:0.0} |");
            }
        }
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "lab"));
        File.WriteAllText(Path.Combine(folder.FullName, "nat.md"), text.ToString());
    }

    private void WriteTable(StringBuilder text, TurnKind turn)
    {
        var kinds = Enum.GetValues<Nat>();
        text.AppendLine(CultureInfo.InvariantCulture, $"TURN server: {turn}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| device ↓ viewer → | {string.Join(" | ", kinds)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(kinds.Select(_ => "---|"))}");
        foreach (var device in kinds)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {device} | {string.Join(" | ", kinds.Select(v => Cell(turn, device, v)))} |");
        }
        text.AppendLine();
    }

    private string Cell(TurnKind turn, Nat device, Nat viewer) =>
        !_calls.TryGetValue((turn, device, viewer), out var call) ? "–"
        : !call.IsPlaying ? "fails"
        : string.Create(CultureInfo.InvariantCulture, $"{(call.IsRelayed ? "relay" : "direct")} {call.FirstFrame?.TotalSeconds:0.00} s");
}
