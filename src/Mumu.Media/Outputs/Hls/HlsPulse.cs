// Wakes those who wait for the next part.
namespace Mumu.Media.Outputs.Hls;

/// <summary>A signal given again and again; who waits takes <see cref="Next"/> first and looks then.</summary>
internal sealed class HlsPulse
{
    private TaskCompletionSource _next = Fresh();

    /// <summary>Completes at the next beat.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, Fresh()).TrySetResult();

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
