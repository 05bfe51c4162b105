// What offer and answer come to, whoever made the offer: the parts of a peer.
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Ice;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.WebRtc;

/// <summary>Begins with our side of the transport, and is concluded with the other side's description and what was agreed to.</summary>
internal sealed class PeerAgreement
{
    private readonly string _name;
    private readonly ulong _sessionId;

    internal PeerAgreement(IceRole role, PeerOptions options, TimeSpan now)
    {
        Options = options;
        Transport = new PeerTransport(options, role, Events, now);
        _name = $"mumu{(uint)options.Random.NextInt64(1L << 32):x8}";
        _sessionId = (ulong)options.Random.NextInt64(long.MaxValue);
    }

    internal PeerOptions Options { get; }

    internal Queue<PeerEvent> Events { get; } = new();

    internal PeerTransport Transport { get; }

    /// <summary>Index of the section that describes the transport.</summary>
    internal int Section { get; private set; }

    /// <summary>Mid of that section; empty if it has none.</summary>
    internal string Mid { get; private set; } = "";

    /// <summary>Kind of that section.</summary>
    internal string Kind { get; private set; } = "";

    /// <summary>"passive" or "active", as an answer of ours says it.</summary>
    internal string Setup { get; private set; } = "";

    internal IReadOnlyList<OutgoingTrack> Tracks { get; private set; } = [];

    internal PublishedMedia? Published { get; private set; }

    /// <summary>What our descriptions say of us.</summary>
    internal AnswerIdentity Identity(string setup) =>
        new(Transport.Ice.Local, Options.Certificate.Fingerprint, setup, _sessionId, _name, Options.DataChannels);

    /// <summary>Takes the other side's description, be it offer or answer, and lets the connection come about.</summary>
    internal void Conclude(RemoteOffer remote, AnswerPlan plan, IReadOnlyList<OutgoingTrack> tracks, TimeSpan now)
    {
        Section = plan.Sections.ToList().FindIndex(section => section.Kind != SectionKind.Rejected);
        Mid = remote.Sdp.Media[Section].Mid ?? "";
        Kind = remote.Sdp.Media[Section].Kind;
        var role = remote.Setup == "passive" ? DtlsRole.Client : DtlsRole.Server;
        Setup = role == DtlsRole.Server ? "passive" : "active";
        Tracks = tracks;
        Published = PublishedMedia.Of(remote, plan, Options);
        Transport.CarriesMedia = tracks.Count > 0 || Published is not null;
        Transport.Data = DataSection.Open(remote, plan, Options, role == DtlsRole.Client);
        Transport.SetRemote(remote.Credentials, remote.IsLite, role, remote.Fingerprint, now);
        foreach (var candidate in remote.Candidates)
        {
            Transport.AddRemoteCandidate(candidate, now);
        }
        if (remote.HasAllCandidates && remote.Candidates.Count > 0 && remote.Candidates.All(CanTry))
        {
            Transport.Ice.EndOfRemoteCandidates(); // Else the other side may still come from an address that we were not told.
        }
    }

    private bool CanTry(IceCandidate candidate) => candidate.TryGetAddress(out _) && Options.MayTry?.Invoke(candidate) != false;
}
