// How sessions come about: the peer, the stream it gets, and a place on a loop.
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Offering;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.WebRtc;

/// <summary>Begins sessions, by an offer of the other side or of ours, on the loop that has the fewest; and clears up behind them.</summary>
internal sealed class ViewerAdmission(
    WebRtcOptions options,
    TimeProvider time,
    DtlsCertificate certificate,
    SharedStreams streams,
    CandidateLookups lookups,
    ViewerLoop[] loops
)
{
    private readonly string _fingerprint = Convert.ToHexStringLower(certificate.Sha256);
    private readonly int[] _load = new int[loops.Length];
    private int _tag;

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>Answers an offer.</summary>
    /// <exception cref="SdpException">The offer can't be answered.</exception>
    /// <exception cref="ViewerLimitException">The loop can't take it now.</exception>
    internal ViewerSession Answer(ViewerOffer offer, RemoteOffer remote)
    {
        var tracks = new StreamTracks(offer.Stream?.Tracks ?? []);
        var plan = Plan(remote, tracks, offer);
        var number = Array.IndexOf(_load, _load.Min());
        var tag = (uint)Interlocked.Increment(ref _tag);
        var now = Now;
        var peer = new Peer(remote, plan, tracks.Tracks, PeerOptions(tag, now), now);
        return Begin(
            peer,
            () =>
            {
                var hosts = LocalBases.AddTo(
                    (@base, address, transport) => peer.AddLocalBase(@base, address, transport: transport),
                    loops[number],
                    offer.IncludeLoopback
                );
                LocalBases.AddConnecting(peer, remote, hosts);
                peer.Tick(now);
                while (peer.TryRead(out _))
                {
                    // The candidates found so far stand in the answer.
                }
                var answer = peer.Answer(remote, plan, isComplete: offer.StunUrls.Count + offer.Relays.Count == 0);
                return new Beginning(offer, remote, tracks, answer, hosts, number, tag, (further, own) => Plan(further, own, offer));
            }
        );
    }

    /// <summary>Makes an offer, has it carried to the other side, and begins the session with the answer.</summary>
    /// <exception cref="SdpException">The answer can't be used.</exception>
    /// <exception cref="ViewerLimitException">The loop can't take it now.</exception>
    internal async Task<ViewerSession> OfferAsync(OutgoingOffer offer, OfferExchange exchange, CancellationToken cancellation)
    {
        var tracks = new StreamTracks(offer.Stream?.Tracks ?? []);
        var number = Array.IndexOf(_load, _load.Min());
        var tag = (uint)Interlocked.Increment(ref _tag);
        var contents = new OfferContents
        {
            Sends = tracks.Tracks,
            Receives = offer.Publishes is null ? [] : PublishedMedia.AllCodecs,
            Data = offer.HasData,
        };
        if (contents is { Sends.Count: 0, Receives.Count: 0, Data: false })
        {
            throw new SdpException("The stream has no track in a format that WebRTC can carry.");
        }
        using var ours = new PeerOffer(contents, PeerOptions(tag, Now), Now);
        var hosts = LocalBases.AddTo(
            (@base, address, transport) => ours.AddLocalBase(@base, address, transport: transport),
            loops[number],
            offer.IncludeLoopback
        );
        var answer = await exchange(ours.Write(isComplete: true, Now), cancellation).ConfigureAwait(false);
        if (!ours.TryAccept(answer, Now, out var peer, out var remote, out var error))
        {
            throw new SdpException(error);
        }
        return Begin(
            peer,
            () =>
            {
                LocalBases.AddConnecting(peer, remote, hosts);
                var asked = new ViewerOffer(offer.Stream, "", []) { Publishes = offer.Publishes };
                return new Beginning(
                    asked,
                    remote,
                    tracks,
                    "",
                    hosts,
                    number,
                    tag,
                    (_, _) => throw new SdpException("This session is ours to restart.")
                );
            }
        );
    }

    /// <summary>Forgets a session that has ended.</summary>
    internal void Release(Viewer viewer, int loop)
    {
        Interlocked.Decrement(ref _load[loop]);
        if (viewer.Source is { } source)
        {
            streams.Release(source, loops[loop]);
        }
    }

    private ViewerSession Begin(Peer peer, Func<Beginning> prepare)
    {
        PacketizedStream? shared = null;
        ViewerLoop? loop = null;
        try
        {
            var start = prepare();
            loop = loops[start.Loop];
            var session = new ViewerSession(
                Guid.NewGuid().ToString("n"),
                start.Answer,
                _fingerprint,
                Convert.ToHexStringLower(start.Remote.Fingerprint),
                peer.TransportMid,
                peer.TransportSection,
                time
            )
            {
                Data = peer.Data is { } channels ? new ViewerData(channels.MaxMessageBytes) : null,
            };
            // Who gets nothing of the stream needs no packets of it.
            shared =
                start.Offer.Stream is { } stream && peer.Tracks.Count > 0
                    ? streams.Acquire(stream, start.Tracks, loop) ?? throw Busy()
                    : null;
            var published = PublishedUnits.Of(peer, start.Offer.Publishes);
            var viewer = new Viewer(session, peer, shared, published, FeedTrack.Of(peer, start.Tracks), start.Tag, start.Hosts, options);
            session.Data?.Connect(request => loop.Post(new LoopCommand(LoopCommandKind.Data, viewer, request)));
            if (!loop.TryPost(new LoopCommand(LoopCommandKind.AddViewer, viewer)))
            {
                throw Busy();
            }
            Interlocked.Increment(ref _load[start.Loop]);
            session.Connect(
                (kind, detail) => loop.TryPost(new LoopCommand(kind, viewer, detail)),
                candidate => lookups.Prepare(candidate, viewer, loop),
                further => start.Plan(further, viewer.Source?.Tracks ?? start.Tracks)
            );
            lookups.Begin(start.Offer, start.Remote, viewer, loop);
            return session;
        }
        catch
        {
            peer.Dispose();
            if (shared is not null)
            {
                streams.Release(shared, loop!);
            }
            throw;
        }
    }

    private static AnswerPlan Plan(RemoteOffer remote, StreamTracks tracks, ViewerOffer offer)
    {
        var receives = offer.Publishes is null ? null : PublishedMedia.AllCodecs;
        var isPlanned = AnswerPlan.TryMake(remote, tracks.Tracks, out var plan, out var error, offer.AcceptsData, receives);
        return isPlanned ? plan! : throw new SdpException(error);
    }

    private PeerOptions PeerOptions(uint tag, TimeSpan now) =>
        new()
        {
            Certificate = certificate,
            Random = CryptoRandom.Instance,
            TransactionTag = tag,
            NtpAtZero = NtpClock.AtZero(time.GetUtcNow(), now),
            MaxDatagram = options.MaxPacketBytes,
            ConnectTimeout = options.ConnectTimeout,
            MayTry = lookups.MayTry,
        };

    private static ViewerLimitException Busy() => new("This server is too busy for another viewer at the moment.");

    // What is known of a session when its peer stands.
    private sealed record Beginning(
        ViewerOffer Offer,
        RemoteOffer Remote,
        StreamTracks Tracks,
        string Answer,
        TransportAddress[] Hosts,
        int Loop,
        uint Tag,
        Func<RemoteOffer, StreamTracks, AnswerPlan> Plan
    );
}
