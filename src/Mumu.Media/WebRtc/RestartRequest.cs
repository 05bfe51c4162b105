// A viewer's wish to restart ICE, on its way to the loop and back.
using Mumu.Protocols.Ice;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Media.WebRtc;

/// <summary>Either a further offer with its plan, which is answered by an answer, or credentials alone, answered by a fragment (RFC 8840).</summary>
internal sealed class RestartRequest(IceCredentials credentials, RemoteOffer? offer = null, AnswerPlan? plan = null)
{
    private readonly TaskCompletionSource<string> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the text; fails with a sentence.</summary>
    internal Task<string> Reply => _reply.Task;

    /// <summary>Carries it out, on the loop's thread.</summary>
    internal void CarryOut(Peer peer)
    {
        if (offer is not null && !peer.CanRestart(offer, plan!, out var error))
        {
            Refuse(error);
            return;
        }
        peer.Restart(credentials);
        _reply.TrySetResult(offer is null ? peer.Fragment() : peer.Answer(offer, plan!, isComplete: false));
    }

    internal void Refuse(string sentence) => _reply.TrySetException(new SdpException(sentence));
}
