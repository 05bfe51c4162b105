// When an agent's parts want to be ticked next.
namespace Mumu.Protocols.Ice;

/// <summary>The earliest of the parts' deadlines.</summary>
internal sealed class IceDeadlines(
    IceGathering gathering,
    IceChecks checks,
    IceConsent consent,
    IceSelection selection,
    IceStanding standing
)
{
    public TimeSpan? Next(bool isKeepingMappings)
    {
        var deadline = gathering.Deadline(isKeepingMappings);
        if (standing.State != IceState.New)
        {
            deadline = IceChecks.Earlier(deadline, checks.Deadline());
            deadline = IceChecks.Earlier(deadline, consent.Deadline(selection.Selected));
            deadline = IceChecks.Earlier(deadline, selection.Deadline());
            deadline = IceChecks.Earlier(deadline, standing.Deadline());
        }
        return deadline;
    }
}
