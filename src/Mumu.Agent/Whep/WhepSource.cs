// A camera that is a stream of another server, read by WHEP.
using Mumu.Agent.Whip;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>Asks another server for its stream, and publishes what comes as it is.</summary>
/// <param name="engine">The engine; must be running.</param>
/// <param name="target">The WHEP address, with what opens it.</param>
/// <param name="time">The clock of its waits.</param>
internal sealed class WhepSource(WebRtcEngine engine, SdpTarget target, TimeProvider time) : ISource
{
    private static readonly TimeSpan s_firstLimit = TimeSpan.FromSeconds(20); // ICE, DTLS, and a key frame
    private static readonly TimeSpan s_stallLimit = TimeSpan.FromSeconds(10);
    private volatile ViewerSession? _session;

    /// <inheritdoc />
    public Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var counted = new CountingSink(sink);
        return OutgoingSession.RunAsync(
            engine,
            target,
            new OutgoingOffer(null) { Publishes = counted },
            session => _session = session,
            over => WatchAsync(counted, over),
            cancellation
        );
    }

    /// <inheritdoc />
    public void RequestKeyFrame() => _session?.RequestKeyFrame();

    private async Task<SourceException> WatchAsync(CountingSink sink, CancellationToken over)
    {
        var limit = s_firstLimit;
        for (long before = 0; ; before = sink.Units)
        {
            await Task.Delay(limit, time, over).ConfigureAwait(false);
            if (sink.Units == before)
            {
                return new SourceException(
                    SourceFailure.Stalled,
                    before == 0 ? $"{target.Where} answered, but sends no picture." : $"{target.Where} has stopped sending."
                );
            }
            limit = s_stallLimit;
        }
    }

    private sealed class CountingSink(IUnitSink sink) : IUnitSink
    {
        private long _units;

        public long Units => Volatile.Read(ref _units);

        public void Announce(IReadOnlyList<TrackFormat> tracks) => sink.Announce(tracks);

        public void Publish(Unit unit)
        {
            Volatile.Write(ref _units, _units + 1);
            sink.Publish(unit);
        }
    }
}
