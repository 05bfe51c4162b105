// The way from a session to its publication, which begins after it.
using Mumu.Media.Publishing;
using Mumu.Media.Units;

namespace Mumu.Agent.Whip;

/// <summary>Passes units on to a publication that begins when the offer has been found good, and before the answer is sent: so nothing of the publisher comes before it.</summary>
internal sealed class AwaitedPublication : IUnitSink
{
    private volatile Publication? _publication;

    /// <summary>Where units go; null as long as there is none.</summary>
    public Publication? Publication
    {
        get => _publication;
        set => _publication = value;
    }

    /// <inheritdoc />
    public void Announce(IReadOnlyList<TrackFormat> tracks) => _publication?.Announce(tracks);

    /// <inheritdoc />
    public void Publish(Unit unit)
    {
        if (_publication is { } publication)
        {
            publication.Publish(unit);
        }
        else
        {
            unit.Release();
        }
    }
}
