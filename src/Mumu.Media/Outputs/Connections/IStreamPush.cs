// Publishes a stream to a server elsewhere, whatever the protocol.
using Mumu.Media.Streams;

namespace Mumu.Media.Outputs.Connections;

/// <summary>One way to forward a stream. A run is one session; who wants more tries again.</summary>
public interface IStreamPush
{
    /// <summary>Bytes sent in this run.</summary>
    long Bytes { get; }

    /// <summary>Frames left out because the server was too slow; the stream never waits for it.</summary>
    long Dropped { get; }

    /// <summary>Connects and publishes until cancelled.</summary>
    /// <param name="stream">What to publish; its source is started if need be.</param>
    /// <param name="started">Called once the server takes it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="Mumu.Media.Units.SourceException">It ended otherwise; the message is a sentence without credentials.</exception>
    Task RunAsync(MediaStream stream, Action started, CancellationToken cancellation);
}
