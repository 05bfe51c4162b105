// A session that we begin: our offer, and the peer that the answer makes of it.
using System.Diagnostics.CodeAnalysis;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Offering;

namespace Mumu.Protocols.WebRtc;

/// <summary>
/// Offers to send, to receive, or both, as the controlling side (RFC 8445 §6.1.1). Add local bases, write the offer, and take the answer: from then on the <see cref="Peer"/> is all there is. What arrives before
/// the answer is lost, and repeated by its sender.
/// </summary>
public sealed class PeerOffer : IDisposable
{
    private readonly OfferContents _contents;
    private readonly PeerOptions _options;
    private readonly List<OfferedSection> _sections;
    private readonly PeerAgreement _agreement;
    private bool _isTaken;

    /// <summary>Makes an offer.</summary>
    /// <exception cref="ArgumentException">It offers nothing.</exception>
    public PeerOffer(OfferContents contents, PeerOptions options, TimeSpan now)
    {
        _contents = contents;
        _options = options;
        _sections = OfferedSection.Plan(contents, options.Random);
        if (_sections.Count == 0)
        {
            throw new ArgumentException("An offer needs something to send or to receive.", nameof(contents));
        }
        _agreement = new PeerAgreement(IceRole.Controlling, options, now);
    }

    /// <summary>Our user name fragment.</summary>
    public string LocalUfrag => _agreement.Transport.Ice.Local.Ufrag;

    /// <summary>Adds an address of the driver's socket, see <see cref="IceAgent.AddLocalBase"/>.</summary>
    public void AddLocalBase(
        int @base,
        TransportAddress address,
        IceCandidateType type = IceCandidateType.Host,
        IceTransport transport = IceTransport.Udp
    ) => _agreement.Transport.Ice.AddLocalBase(@base, address, type, transport: transport);

    /// <summary>The offer, with the local candidates known now.</summary>
    public string Write(bool isComplete, TimeSpan now)
    {
        _agreement.Transport.Tick(now);
        _agreement.Events.Clear(); // The candidates found so far stand in the offer.
        return OfferText.Write(_sections, _agreement.Identity("actpass"), _agreement.Transport.Ice.LocalCandidates, isComplete);
    }

    /// <summary>Takes the answer, once; on failure <paramref name="error"/> is a sentence.</summary>
    public bool TryAccept(
        string answer,
        TimeSpan now,
        [NotNullWhen(true)] out Peer? peer,
        [NotNullWhen(true)] out RemoteOffer? remote,
        out string error
    )
    {
        peer = null;
        if (
            !RemoteOffer.TryParse(answer, out remote, out error, "answer")
            || !OfferOutcome.TryRead(remote, _sections, _contents, out var plan, out error)
        )
        {
            remote = null;
            return false;
        }
        _isTaken = true;
        var sources = _sections.Where(section => section.Track >= 0).ToDictionary(section => section.Track, section => section.Sources);
        _agreement.Conclude(remote, plan, OutgoingTracks.Make(remote, plan, _contents.Sends, _options.Random, sources), now);
        peer = new Peer(_agreement);
        return true;
    }

    /// <summary>Frees what the offer holds; harmless, but still right, once an answer was taken.</summary>
    public void Dispose()
    {
        if (!_isTaken)
        {
            _agreement.Transport.Dispose();
        }
    }
}
