// What a loop owes its viewers this turn: ticks that are due, answers to what came, media that may leave.
using Mumu.Io;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Keeps three lists of a loop's viewers: by deadline, those touched since the last turn, and those with media to send. A fault in one viewer is told and hurts no other.
/// </summary>
/// <param name="onFault">Is told of an exception while a viewer was served.</param>
internal sealed class ViewerSchedule(Action<Viewer, Exception> onFault)
{
    private static readonly TimeSpan s_paceInterval = TimeSpan.FromMilliseconds(1);

    private readonly DeadlineHeap<Viewer> _deadlines = new();
    private readonly List<Viewer> _touched = [];
    private readonly List<Viewer> _sending = [];
    private readonly List<Viewer> _ended = [];

    /// <summary>Something came for the viewer: it will be drained this turn.</summary>
    internal void Touch(Viewer viewer)
    {
        if (!viewer.IsTouched)
        {
            viewer.IsTouched = true;
            _touched.Add(viewer);
        }
    }

    /// <summary>New frames came: those of the viewers that can take them join the senders.</summary>
    internal void Feed(List<Viewer> viewers)
    {
        foreach (var viewer in viewers)
        {
            Send(viewer);
        }
    }

    /// <summary>Forgets a viewer.</summary>
    internal void Remove(Viewer viewer)
    {
        _deadlines.Set(viewer, null);
        if (viewer.IsSending)
        {
            _sending.Remove(viewer);
        }
    }

    /// <summary>Ticks and drains; returns the viewers that ended, valid until the next call.</summary>
    internal List<Viewer> Settle(UdpSendBatch output, TimeSpan now)
    {
        while (_deadlines.TryTakeDue(now, out var due))
        {
            try
            {
                due.Tick(now);
            }
            catch (Exception fault)
            {
                onFault(due, fault);
            }
            Touch(due);
        }
        _ended.Clear();
        for (var i = _touched.Count - 1; i >= 0; i--)
        {
            var viewer = _touched[i];
            if (!Drain(viewer, output, now))
            {
                continue; // The socket is full: again when it is writable.
            }
            _touched.RemoveAt(i);
            viewer.IsTouched = false;
            if (viewer.Peer.End != default)
            {
                _ended.Add(viewer);
                continue;
            }
            _deadlines.Set(viewer, viewer.NextDeadline);
            Send(viewer);
        }
        return _ended;
    }

    /// <summary>Sends media that may leave now, and tells when to go on at the latest.</summary>
    internal TimeSpan? Pump(UdpSendBatch output, TimeSpan now)
    {
        var kept = 0;
        for (var i = 0; i < _sending.Count; i++)
        {
            var viewer = _sending[i];
            if (!output.IsBlocked)
            {
                Pump(viewer, output, now);
            }
            if (viewer.WantsToSend)
            {
                _sending[kept++] = viewer;
            }
            else
            {
                viewer.IsSending = false;
            }
        }
        _sending.RemoveRange(kept, _sending.Count - kept);
        // A blocked socket wakes the loop when it is writable again; a paced burst goes on after a moment.
        var next = _deadlines.Next;
        return kept > 0 && !output.IsBlocked && !(next < now + s_paceInterval) ? now + s_paceInterval : next;
    }

    private void Send(Viewer viewer)
    {
        if (!viewer.IsSending && viewer.WantsToSend)
        {
            viewer.IsSending = true;
            _sending.Add(viewer);
        }
    }

    private bool Drain(Viewer viewer, UdpSendBatch output, TimeSpan now)
    {
        try
        {
            return viewer.Drain(output, now) || viewer.Peer.End != default;
        }
        catch (Exception fault)
        {
            onFault(viewer, fault);
            return true;
        }
    }

    private void Pump(Viewer viewer, UdpSendBatch output, TimeSpan now)
    {
        try
        {
            viewer.Pump(output, now);
        }
        catch (Exception fault)
        {
            onFault(viewer, fault);
        }
    }
}
