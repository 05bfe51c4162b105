// How much a session description may hold.
namespace Mumu.Protocols.Sdp;

/// <summary>Bounds on text from the network.</summary>
public static class SdpLimits
{
    /// <summary>Longest text, in characters.</summary>
    public const int Text = 64 * 1024;

    /// <summary>Most media descriptions.</summary>
    public const int Media = 32;

    /// <summary>Most lines.</summary>
    public const int Lines = 2_000;
}
