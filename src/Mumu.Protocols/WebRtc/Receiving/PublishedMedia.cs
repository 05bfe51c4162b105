// What the other side of a peer sends us, as the owner of the peer sees it.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>The tracks that a publisher sends, and their units. Belongs to a <see cref="Peer"/>, and to its thread.</summary>
public sealed class PublishedMedia
{
    private readonly MediaIntake _intake;

    private PublishedMedia(IncomingMedia media)
    {
        Media = media;
        _intake = new MediaIntake(media.Tracks.All);
    }

    /// <summary>The formats that can be taken, by preference: what most viewers can play comes first.</summary>
    public static IReadOnlyList<Codec> AllCodecs { get; } =
    [Codec.H264, Codec.Vp8, Codec.Vp9, Codec.Av1, Codec.H265, Codec.Opus, Codec.Pcmu, Codec.Pcma];

    /// <summary>The tracks, in the order of the description.</summary>
    public IReadOnlyList<IncomingTrack> Tracks => Media.Tracks.All;

    internal IncomingMedia Media { get; }

    internal TimeSpan? NextDeadline => PeerTransport.Earlier(Media.NextDeadline, _intake.NextDeadline);

    /// <summary>Makes it for what a plan takes of an offer; null if that is nothing.</summary>
    internal static PublishedMedia? Of(RemoteOffer offer, AnswerPlan plan, PeerOptions options)
    {
        if (!plan.HasReceived)
        {
            return null;
        }
        var media = new IncomingMedia(options.Random, options.ReportInterval, sendNacks: true)
        {
            TransportNumberId = plan
                .Sections.Select(section => section.Receives ? section.Format?.Feedback.TransportId : null)
                .FirstOrDefault(id => id is not null),
        };
        media.Tracks.Learn(offer, plan);
        return new PublishedMedia(media);
    }

    /// <summary>Asks the publisher for a key frame.</summary>
    public void RequestKeyFrame() => Media.RequestKeyFrame();

    /// <summary>Takes the next unit, with the index of its track; its bytes are valid until the peer gets its next datagram or tick. Times share one zero over all tracks.</summary>
    public bool TryReadUnit(out int track, out DepacketizedUnit unit) => _intake.TryRead(out track, out unit);

    /// <summary>The parameter sets that the band has shown of an H.264 or H.265 track; empty for others.</summary>
    public ReadOnlyMemory<byte> ConfigurationOf(int track) => _intake.ConfigurationOf(track);

    internal void Take(Span<byte> datagram, int length, TimeSpan now)
    {
        if (Media.Take(datagram, ref length, now) is { } track)
        {
            _intake.Take(track, datagram[..length], now);
            TickIntake(now);
        }
    }

    /// <summary>Reads an authentic compound packet of RTCP.</summary>
    internal void TakeReports(ReadOnlySpan<byte> compound, TimeSpan now)
    {
        Media.Receive(compound, now);
        _intake.Align();
    }

    internal void Tick(TimeSpan now)
    {
        Media.Tick(now);
        TickIntake(now);
    }

    private void TickIntake(TimeSpan now)
    {
        if (_intake.Tick(now))
        {
            Media.RequestKeyFrame();
        }
    }
}
