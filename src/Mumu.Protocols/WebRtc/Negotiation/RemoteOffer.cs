// The other side's description, read and checked: what any session needs to know of it.
using System.Diagnostics.CodeAnalysis;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>The parts of an offer that concern the transport, and its sections.</summary>
public sealed class RemoteOffer
{
    private const int MaxCandidates = 64;
    private readonly byte[] _fingerprint;

    private RemoteOffer(SessionDescription sdp, MediaDescription lead, IceCredentials credentials, byte[] fingerprint)
    {
        Sdp = sdp;
        Credentials = credentials;
        _fingerprint = fingerprint;
        Setup = sdp.SetupOf(lead) ?? "actpass";
        IsLite = sdp.Attributes.Contains("ice-lite");
        Candidates =
        [
            .. sdp
                .Media.SelectMany(media => media.Candidates)
                .Take(MaxCandidates)
                .Select(text => IceCandidate.TryParse(text, out var candidate) ? candidate : null)
                .OfType<IceCandidate>()
                .Where(candidate => candidate.Component == 1),
        ];
        HasAllCandidates = lead.Attributes.Contains("end-of-candidates") || sdp.Attributes.Contains("end-of-candidates");
    }

    /// <summary>The description itself.</summary>
    public SessionDescription Sdp { get; }

    /// <summary>The viewer's ICE credentials.</summary>
    public IceCredentials Credentials { get; }

    /// <summary>SHA-256 of the viewer's certificate, 32 bytes.</summary>
    public ReadOnlySpan<byte> Fingerprint => _fingerprint;

    /// <summary>"actpass", "active" or "passive".</summary>
    public string Setup { get; }

    /// <summary>True for an ICE-lite viewer.</summary>
    public bool IsLite { get; }

    /// <summary>Well-formed candidates of the offer.</summary>
    public IReadOnlyList<IceCandidate> Candidates { get; }

    /// <summary>True if no more will be trickled.</summary>
    public bool HasAllCandidates { get; }

    /// <summary>Reads an offer, or the answer to one of ours; on failure <paramref name="error"/> is a sentence.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out RemoteOffer? offer,
        out string error,
        string what = "offer"
    )
    {
        offer = null;
        if (!SessionDescription.TryParse(text, out var sdp, out error))
        {
            return false;
        }
        // All of one BUNDLE group share a transport; its first section that is not rejected describes it.
        var lead = sdp.Media.FirstOrDefault(media => media.Port != 0 || media.Attributes.Contains("bundle-only"));
        if (lead is null)
        {
            error = $"The {what} has no media section.";
            return false;
        }
        if (
            sdp.IceUfragOf(lead) is not { } ufrag
            || sdp.IcePwdOf(lead) is not { } password
            || !IceCredentials.TryCreate(ufrag, password, out var credentials)
        )
        {
            error = $"The {what} has no valid ICE credentials (a=ice-ufrag, a=ice-pwd).";
            return false;
        }
        var fingerprint = new byte[32];
        var found = false;
        foreach (var line in sdp.FingerprintsOf(lead))
        {
            if (line.TryGetSha256(fingerprint))
            {
                found = true;
                break;
            }
        }
        if (!found)
        {
            error = $"The {what} has no SHA-256 fingerprint (a=fingerprint), so the connection could not be encrypted.";
            return false;
        }
        if (sdp.SetupOf(lead) is not (null or "actpass" or "active" or "passive"))
        {
            error = $"The {what}'s a=setup is none of actpass, active and passive.";
            return false;
        }
        offer = new RemoteOffer(sdp, lead, credentials!, fingerprint);
        return true;
    }
}
