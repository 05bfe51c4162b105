// Relays that are being given back, after their viewers have no use for them.
using Mumu.Io;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>A loop's leaving relays: kept until their servers know, or until patience is over.</summary>
internal sealed class RelayFarewells
{
    private readonly List<Relay> _relays = [];

    public int Count => _relays.Count;

    public void Add(Relay relay) => _relays.Add(relay);

    /// <summary>Sends what is due; tells when to be called next at the latest.</summary>
    public TimeSpan? Turn(UdpSendBatch output, TimeSpan now)
    {
        TimeSpan? next = null;
        for (var i = _relays.Count - 1; i >= 0; i--)
        {
            var relay = _relays[i];
            relay.OnReady(now);
            if (relay.Client.NextDeadline <= now)
            {
                relay.Client.Tick(now);
            }
            relay.Flush(output);
            if (relay.IsOver || relay.Failure is not null)
            {
                _relays.RemoveAt(i);
                relay.Close(output);
            }
            else
            {
                var at = relay.Client.NextDeadline;
                next = next is null || at < next ? at : next;
            }
        }
        return next;
    }

    /// <summary>The loop ends: no more waiting.</summary>
    public void Close()
    {
        _relays.ForEach(relay => relay.Dispose());
        _relays.Clear();
    }
}
