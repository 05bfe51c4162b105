// Feeds every parser with damaged inputs: `Mumu.Fuzz [--inputs N] [--seed N] [--only WORD] [--replay FILE]`.
using System.Globalization;
using Mumu.Fuzz;
using Mumu.Fuzz.Targets;

var (inputs, seed, only, replay) = (20_000L, 1, "", "");
for (var i = 0; i < args.Length; i += 2)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--inputs" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out inputs):
        case "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed):
            break;
        case "--only" when value.Length > 0:
            only = value;
            break;
        case "--replay" when File.Exists(value):
            replay = value;
            break;
        default:
            Console.Error.WriteLine("Usage: Mumu.Fuzz [--inputs N] [--seed N] [--only WORD] [--replay FILE]");
            return 64;
    }
}

var faults = 0;
var targets = FuzzTargets.All.Where(t => t.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).ToList();
if (replay.Length > 0)
{
    var name = Path.GetFileName(replay);
    var target = targets.Find(t => name.StartsWith(t.Name + "-", StringComparison.Ordinal));
    var wrong = target is null ? $"No target is called as {name} begins." : FuzzRun.Replay(target, File.ReadAllBytes(replay));
    Console.WriteLine(wrong ?? "Nothing is wrong with this input any more.");
    return wrong is null ? 0 : 1;
}
Console.WriteLine($"{"target", -24} {"inputs", 10} {"slowest ms", 10} {"most bytes", 10}");
foreach (var target in targets)
{
    var found = FuzzRun.Do(target, inputs, seed);
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name, -24} {found.Inputs, 10} {found.Slowest.TotalMilliseconds, 10:0.00} {found.MostBytes, 10}"
        )
    );
    if (found is { Fault: { } fault, Input: { } input })
    {
        faults++;
        Console.WriteLine($"{target.Name}: {fault}\nThe input is in {FaultFile.Write(target.Name, input)}; --replay feeds it again.");
    }
}
return faults == 0 && targets.Count > 0 ? 0 : 1;
