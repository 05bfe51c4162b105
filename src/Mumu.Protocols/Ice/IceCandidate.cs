// A candidate as signaled, and its text form.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>A candidate as it is signaled (RFC 8839 §5.1).</summary>
/// <param name="Foundation">1–32 ice-chars; equal for candidates that live and die together.</param>
/// <param name="Component">1–256; 1 is RTP (and everything, with BUNDLE and rtcp-mux).</param>
/// <param name="Transport">UDP, or TCP with its direction.</param>
/// <param name="Priority">1–2^31-1; higher is better.</param>
/// <param name="Host">Address text, or a name (mDNS).</param>
/// <param name="Port">0–65535; 9 for an active TCP candidate.</param>
/// <param name="Type">How it was found.</param>
/// <param name="Related">Base or mapped address behind it, for diagnosis.</param>
public sealed record IceCandidate(
    string Foundation,
    int Component,
    IceTransport Transport,
    uint Priority,
    string Host,
    int Port,
    IceCandidateType Type,
    TransportAddress? Related
)
{
    /// <summary>The remote user name fragment the candidate belongs to, where signaled; tells candidates of a restart from older ones.</summary>
    public string? Ufrag { get; init; }

    /// <summary>
    /// Reads a candidate with or without "candidate:" or "a=candidate:" in front. Unknown extensions are skipped; text longer than 1,024
    /// characters is refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IceCandidate? candidate) =>
        IceCandidateText.TryParse(text, out candidate);

    /// <summary>The transport address; false for a name, which the driver has to resolve (see <see cref="WithAddress"/>).</summary>
    public bool TryGetAddress(out TransportAddress address) => IceCandidateText.TryReadAddress(Host, Port, out address);

    /// <summary>The same candidate at the address its name was resolved to.</summary>
    public IceCandidate WithAddress(System.Net.IPAddress address) => this with { Host = address.ToString() };

    /// <summary>The text as RTCIceCandidate.candidate has it, beginning with "candidate:".</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"candidate:{Foundation} {Component} {(Transport == IceTransport.Udp ? "udp" : "tcp")} {Priority} {Host} {Port} typ {IceCandidateText.Name(Type)}{IceCandidateText.Tail(this)}"
        );
}
