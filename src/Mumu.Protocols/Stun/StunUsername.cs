// The user name of an ICE check names the session it is for: how a shared socket leads a first datagram home.
namespace Mumu.Protocols.Stun;

/// <summary>USERNAME of an ICE check: the receiver's fragment, a colon, the sender's (RFC 8445 §7.2.2).</summary>
public static class StunUsername
{
    /// <summary>
    /// Finds the receiver's user name fragment in a Binding request, for demultiplexing only: nothing is authenticated yet. The span lies within
    /// <paramref name="datagram"/> and holds 1–256 bytes.
    /// </summary>
    public static bool TryGetLocalUfrag(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> ufrag)
    {
        ufrag = default;
        if (
            !StunMessage.TryParse(datagram, out var message)
            || message.Class != StunClass.Request
            || message.Method != StunMethod.Binding
            || !message.TryGet(StunAttribute.Username, out var username)
        )
        {
            return false;
        }
        var colon = username.IndexOf((byte)':');
        if (colon is < 1 or > 256)
        {
            return false;
        }
        ufrag = username[..colon];
        return true;
    }
}
