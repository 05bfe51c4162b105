// The life of one viewer: offer, answer, first picture, good-bye; and how long each took.
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Bench;

/// <summary>Brings a <see cref="LoadViewer"/> up by a signaling and tells what became of it. Its figures are complete when <see cref="StartAsync"/> is.</summary>
internal sealed class ViewerRun(ViewerKit kit, BenchOptions options, ISignaling signaling)
{
    private (LoadViewer Viewer, LoadThread Thread)? _made;
    private OpenedSession? _session;

    /// <summary>Why it saw no picture; null if it did.</summary>
    internal string? Failure { get; private set; } = "The run was stopped.";

    /// <summary>Why it ended after its first picture, unasked; null if it did not.</summary>
    internal string? EndedEarly => Failure is null && _made?.Viewer.Ended is { IsCompletedSuccessfully: true } ended ? ended.Result : null;

    internal double? AnswerMs => Since(_made?.Viewer.AnsweredAt);

    internal double? ConnectedMs => Since(_made?.Viewer.ConnectedAt);

    internal double? FirstPacketMs => Since(_made?.Viewer.Traffic.FirstPacketAt);

    internal double? FirstPictureMs => Since(_made?.Viewer.Traffic.FirstPictureAt);

    /// <summary>Completes with the first picture or the failure.</summary>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            Failure = await BringUpAsync(cancellation).ConfigureAwait(false);
        }
        catch (VerbException e)
        {
            Failure = e.Message;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The sentence it began with says so.
        }
    }

    /// <summary>Says good-bye on both ways.</summary>
    internal async Task LeaveAsync()
    {
        if (_made is not var (viewer, thread))
        {
            return;
        }
        // The server's word first: a good-bye over DTLS would end the session that we are about to name.
        if (_session is { } session)
        {
            await session.LeaveAsync().ConfigureAwait(false);
        }
        await thread.RemoveAsync(viewer).ConfigureAwait(false);
    }

    private async Task<string?> BringUpAsync(CancellationToken cancellation)
    {
        _made = kit.Make();
        var (viewer, thread) = _made.Value;
        viewer.AskedAt = kit.Now;
        _session = await signaling
            .OpenAsync(viewer.Offer, candidate => thread.AddCandidate(viewer, candidate), cancellation)
            .ConfigureAwait(false);
        viewer.AnsweredAt = kit.Now;
        if (await thread.AcceptAsync(viewer, _session.Answer).ConfigureAwait(false) is { } problem)
        {
            return problem;
        }
        var patience = Task.Delay(options.Patience, cancellation);
        await Task.WhenAny(viewer.Picture, viewer.Ended, patience).ConfigureAwait(false);
        return viewer.Picture.IsCompleted ? null
            : viewer.Ended.IsCompletedSuccessfully ? viewer.Ended.Result
            : cancellation.IsCancellationRequested ? "The run was stopped."
            : viewer.ConnectedAt is null ? $"No connection within {options.Patience.TotalSeconds:0} s."
            : viewer.Traffic.FirstPacketAt is null ? $"Connected, but no media came within {options.Patience.TotalSeconds:0} s."
            : $"Media came, but no decodable picture within {options.Patience.TotalSeconds:0} s.";
    }

    private double? Since(TimeSpan? moment) =>
        moment is { } at && _made is var (viewer, _) ? Math.Round((at - viewer.AskedAt).TotalMilliseconds, 2) : null;
}
