// The state an agent shows: derived from its pairs, told once a change.
using System.Globalization;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>State and selected flow, and the events of their changes.</summary>
internal sealed class IceStanding(IceSession session, IceCheckList list)
{
    private TimeSpan? _checkingSince;
    private FlowId? _retired;
    private TimeSpan? _otherPathsUntil;
    private bool _hasWorked;

    public IceState State { get; private set; } = IceState.New;

    public FlowId? Selected { get; private set; }

    /// <summary>The peer has signaled its last candidate.</summary>
    public bool HasAllCandidates { get; set; }

    /// <summary>True for the flow from before a restart, until a new one is selected.</summary>
    public bool IsRetired(in FlowId flow) => _retired is { } retired && retired == flow;

    public void OnRemoteKnown() => Become(IceState.Checking);

    public void OnRestart()
    {
        _retired = Selected;
        _checkingSince = null;
        _hasWorked = false;
        HasAllCandidates = false;
        Become(IceState.Checking);
    }

    public void Update(IcePair? selected, TimeSpan now)
    {
        _checkingSince ??= now;
        if (selected is null)
        {
            if (FindFailure(now) is { } reason)
            {
                _retired = null;
                Select(null);
                Become(IceState.Failed, reason);
            }
            else if (_hasWorked)
            {
                Select(null);
                Become(IceState.Disconnected);
            }
            return;
        }
        _hasWorked = true;
        _otherPathsUntil = null;
        _retired = null;
        Select(selected.Flow);
        var isLost = selected.IsSilent(now, IceSelection.DeadAfter) && now - selected.LastConsentAt >= session.Options.DisconnectedAfter;
        if (isLost && State == IceState.Connected)
        {
            RetryFailed();
        }
        Become(isLost ? IceState.Disconnected : IceState.Connected);
    }

    /// <summary>Paths were taken from under us: what is left, and what failed before, gets a moment to show that it works.</summary>
    public void OnPathTaken(TimeSpan now)
    {
        _otherPathsUntil = now + session.Options.OtherPathsPatience;
        RetryFailed();
    }

    public TimeSpan? Deadline() =>
        _hasWorked ? _otherPathsUntil
        : State != IceState.Checking || _checkingSince is null ? null
        : _checkingSince + Patience();

    public void Close()
    {
        _retired = null;
        Selected = null;
        Become(IceState.Closed);
    }

    private string? FindFailure(TimeSpan now)
    {
        if (_hasWorked && now < _otherPathsUntil)
        {
            return null;
        }
        if (_hasWorked)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The peer has not answered on any path for {session.Options.FailedAfter.TotalSeconds:0} seconds."
            );
        }
        if (now - _checkingSince >= session.Options.FailedAfter)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"No path to the peer worked within {session.Options.FailedAfter.TotalSeconds:0} seconds."
            );
        }
        return now - _checkingSince >= Patience() && !IsAnyOpen() ? "No path to the peer works." : null;
    }

    // RFC 8863: as long as a check may take, unsignaled candidates of the peer may still show up, so even a list that failed waits for that long.
    private TimeSpan Patience()
    {
        if (!HasAllCandidates || IsAnyOpen())
        {
            return session.Options.FailedAfter;
        }
        var duration = TimeSpan.Zero;
        var wait = session.Options.RetransmitAfter;
        for (var i = 0; i < session.Options.MaxTransmissions; i++)
        {
            duration += wait;
            wait = wait * 2 < session.Options.RetransmitAtMost ? wait * 2 : session.Options.RetransmitAtMost;
        }
        return duration < session.Options.FailedAfter ? duration : session.Options.FailedAfter;
    }

    private bool IsAnyOpen()
    {
        foreach (var pair in list.Pairs)
        {
            if (pair.Progress is IcePairProgress.Waiting or IcePairProgress.InProgress)
            {
                return true;
            }
        }
        return false;
    }

    // The network may have changed under us: what failed once may work now.
    private void RetryFailed()
    {
        foreach (var pair in list.Pairs)
        {
            if (pair.Progress == IcePairProgress.Failed)
            {
                pair.Progress = IcePairProgress.Waiting;
            }
        }
    }

    private void Select(FlowId? flow)
    {
        if (flow != Selected)
        {
            Selected = flow;
            session.Tell(new IceEvent.SelectedChanged(flow));
        }
    }

    private void Become(IceState state, string? reason = null)
    {
        if (state != State)
        {
            State = state;
            session.Tell(new IceEvent.StateChanged(state, reason));
        }
    }
}
