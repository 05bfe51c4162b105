// How a viewer's offer gets to a server and its answer back.
using Mumu.Protocols.Ice;

namespace Mumu.Cli.Bench;

/// <summary>A way to sessions: WHEP or a hub. May be asked by several tasks at once.</summary>
internal interface ISignaling : IAsyncDisposable
{
    /// <summary>What is measured, for people; no secrets.</summary>
    string Target { get; }

    /// <summary>The server spoken to, by whose address viewers choose their own.</summary>
    Uri Server { get; }

    /// <summary>Makes ready what sessions share; before the first of them.</summary>
    /// <exception cref="Verbs.VerbException">The server can't be reached or refuses us.</exception>
    Task PrepareAsync(int viewers, CancellationToken cancellation);

    /// <summary>Opens a session.</summary>
    /// <param name="offer">Our offer, with all candidates.</param>
    /// <param name="onCandidate">Called for candidates that come after the answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Verbs.VerbException">It was refused or did not come about; the message says why.</exception>
    Task<OpenedSession> OpenAsync(string offer, Action<IceCandidate> onCandidate, CancellationToken cancellation);

    /// <summary>Measures round trips until cancelled; ends at once where there is nothing to measure.</summary>
    Task MeasureAsync(CancellationToken cancellation);

    /// <summary>The round trips measured; null where there are none.</summary>
    SignalingReport? Report { get; }
}

/// <summary>A session that a server agreed to.</summary>
/// <param name="Answer">The answer's SDP.</param>
/// <param name="LeaveAsync">Tells the server that we leave; failures do not matter any more.</param>
internal sealed record OpenedSession(string Answer, Func<Task> LeaveAsync);
