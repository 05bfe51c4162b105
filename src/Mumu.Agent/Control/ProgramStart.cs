// When the program began.
namespace Mumu.Agent.Control;

/// <summary>Remembers the time of its making.</summary>
internal sealed class ProgramStart(TimeProvider time)
{
    public DateTimeOffset At { get; } = time.GetUtcNow();
}
