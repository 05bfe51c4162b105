// Ends the program when an input never comes back, and says which one.
namespace Mumu.Fuzz;

/// <summary>Watches one run from a thread of its own. The fed thread only counts.</summary>
internal sealed class HangWatch : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly string _target;
    private readonly Func<byte[]> _input;
    private readonly Timer _timer;
    private long _count;
    private long _seen = -1;

    /// <param name="target">The target's name.</param>
    /// <param name="input">Copies the input being fed.</param>
    internal HangWatch(string target, Func<byte[]> input)
    {
        (_target, _input) = (target, input);
        _timer = new Timer(_ => Look(), null, s_patience, s_patience);
    }

    internal void NextInput() => Volatile.Write(ref _count, _count + 1);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var count = Volatile.Read(ref _count);
        if (count == _seen)
        {
            var file = FaultFile.Write(_target, _input());
            Console.Error.WriteLine($"{_target}: an input took over {s_patience.TotalSeconds:0} s; it is in {file}");
            Environment.Exit(2);
        }
        _seen = count;
    }
}
