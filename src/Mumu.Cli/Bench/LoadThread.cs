// A thread that receives for many viewers: wait once, read what came, tick what is due, send what is to be sent.
using System.Collections.Concurrent;
using Mumu.Io;
using Mumu.Protocols.Ice;

namespace Mumu.Cli.Bench;

/// <summary>Owns its viewers from <see cref="Add"/> to <see cref="RemoveAsync"/>. Other threads post.</summary>
internal sealed class LoadThread : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly ReadinessQueue _ready = new();
    private readonly ConcurrentQueue<Action<TimeSpan>> _commands = new();
    private readonly List<LoadViewer?> _viewers = [];
    private readonly DeadlineHeap<LoadViewer> _deadlines = new();
    private readonly List<LoadViewer> _dirty = [];
    private readonly Thread _thread;
    private TrafficCounts _ofRemoved;
    private volatile bool _stopping;

    internal LoadThread(TimeProvider time, int number)
    {
        _time = time;
        _thread = new Thread(Run) { IsBackground = true, Name = $"viewers {number}" };
        _thread.Start();
    }

    /// <summary>Takes a viewer over.</summary>
    internal void Add(LoadViewer viewer) =>
        Post(now =>
        {
            _viewers.Add(viewer);
            _ready.Watch(viewer.Socket.Handle, _viewers.Count - 1);
            Touch(viewer);
        });

    /// <summary>Gives a viewer its answer; null if it is good, else a sentence.</summary>
    internal Task<string?> AcceptAsync(LoadViewer viewer, string answer) =>
        AskAsync(now =>
        {
            if (!_viewers.Contains(viewer))
            {
                return "The run is over.";
            }
            Touch(viewer);
            return viewer.Accept(answer, now);
        });

    /// <summary>Tells a viewer of a candidate of the other side.</summary>
    internal void AddCandidate(LoadViewer viewer, IceCandidate candidate) =>
        Post(now =>
        {
            if (_viewers.Contains(viewer))
            {
                viewer.AddCandidate(candidate, now);
                Touch(viewer);
            }
        });

    /// <summary>Says good-bye for a viewer and frees it.</summary>
    internal Task RemoveAsync(LoadViewer viewer) =>
        AskAsync(now =>
        {
            var number = _viewers.IndexOf(viewer);
            if (number >= 0)
            {
                _viewers[number] = null; // numbers stay as they are: the kernel knows them
                _deadlines.Set(viewer, null);
                _dirty.Remove(viewer);
                viewer.Close(now);
                _ofRemoved += viewer.Traffic.Counts;
                viewer.Dispose();
            }
            return true;
        });

    /// <summary>What all its viewers, present and past, have received.</summary>
    internal Task<TrafficCounts> CountAsync() =>
        AskAsync(_ =>
        {
            var sum = _ofRemoved;
            foreach (var viewer in _viewers)
            {
                sum += viewer?.Traffic.Counts ?? default;
            }
            return sum;
        });

    public void Dispose()
    {
        _stopping = true;
        _ready.Wake();
        _thread.Join();
        foreach (var viewer in _viewers)
        {
            viewer?.Dispose();
        }
        _ready.Dispose();
    }

    private void Run()
    {
        var ready = new List<int>();
        while (!_stopping)
        {
            foreach (var number in ready)
            {
                if (_viewers[number] is { } viewer)
                {
                    viewer.Receive(_time);
                    Touch(viewer);
                }
            }
            while (_commands.TryDequeue(out var command))
            {
                command(Now);
            }
            var now = Now;
            while (_deadlines.TryTakeDue(now, out var due))
            {
                due.Tick(now);
                Touch(due);
            }
            foreach (var viewer in _dirty)
            {
                viewer.IsDirty = false;
                viewer.Drain(now);
                _deadlines.Set(viewer, viewer.NextDeadline);
            }
            _dirty.Clear();
            _ready.Wait(_deadlines.Next - Now is { } left && left < s_longest ? left : s_longest, ready);
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    private void Touch(LoadViewer viewer)
    {
        if (!viewer.IsDirty)
        {
            viewer.IsDirty = true;
            _dirty.Add(viewer);
        }
    }

    private void Post(Action<TimeSpan> command)
    {
        _commands.Enqueue(command);
        _ready.Wake();
    }

    private Task<T> AskAsync<T>(Func<TimeSpan, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(now =>
        {
            try
            {
                answer.SetResult(question(now));
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        return answer.Task;
    }
}
