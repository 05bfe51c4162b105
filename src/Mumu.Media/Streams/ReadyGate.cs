// Where callers wait for a stream to play.
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>Lets all who wait go on when the stream plays, or tells them why it doesn't. Called under the stream's lock.</summary>
internal sealed class ReadyGate
{
    private TaskCompletionSource? _waiting;

    public Task Wait() => (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Open()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }

    public void Fail(SourceException failure)
    {
        if (_waiting is { } waiting)
        {
            waiting.TrySetException(failure);
            _ = waiting.Task.Exception; // Seen: nobody may be left to await it.
            _waiting = null;
        }
    }
}
