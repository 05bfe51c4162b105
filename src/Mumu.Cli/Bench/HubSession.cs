// One watch session at a hub, from the viewer's side.
using Mumu.Cli.Verbs;
using Mumu.Protocols.Ice;

namespace Mumu.Cli.Bench;

/// <summary>What the hub brings for one session.</summary>
internal sealed class HubSession(string id, Action<IceCandidate> onCandidate)
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string Id => id;

    /// <summary>The answer's SDP; fails with a <see cref="VerbException"/> if the session ends before.</summary>
    internal Task<string> Answer => _answer.Task;

    internal void TakeAnswer(string? sdp) => _answer.TrySetResult(sdp ?? "");

    /// <summary>Null or empty text is the end of the candidates, which makes no difference to us.</summary>
    internal void TakeCandidate(string? text)
    {
        if (!string.IsNullOrEmpty(text) && IceCandidate.TryParse(text, out var candidate))
        {
            onCandidate(candidate!);
        }
    }

    internal void End(string sentence) => _answer.TrySetException(new VerbException(sentence));
}
