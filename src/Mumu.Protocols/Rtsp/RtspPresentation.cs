// What the server describes, and the addresses of its parts.
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Rtsp;

/// <summary>A described presentation.</summary>
internal sealed class RtspPresentation(string requested)
{
    private string _base = requested;

    /// <summary>The address asked for.</summary>
    internal string Requested { get; } = requested;

    internal SessionDescription? Description { get; private set; }

    /// <summary>Address that controls all tracks together.</summary>
    internal string Aggregate => RtspAddress.Resolve(_base, Description?.Attributes.Get("control"));

    /// <summary>Address of one track.</summary>
    internal string ControlOf(int media) => RtspAddress.Resolve(_base, Description?.Media[media].Control);

    /// <summary>Takes the answer to DESCRIBE; false, with a sentence, when its body is no description.</summary>
    internal bool TryTake(RtspMessage answer, out string error)
    {
        if (!SessionDescription.TryParse(answer.Body, out var description, out error))
        {
            return false;
        }
        Description = description;
        _base = RtspAddress.BaseOf(answer, Requested);
        return true;
    }
}
