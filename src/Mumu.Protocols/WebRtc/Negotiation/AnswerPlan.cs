// What an answer agrees to: which of our tracks goes into which section of the offer, in which format.
using System.Diagnostics.CodeAnalysis;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>The plan of an answer, section by section in the order of the offer.</summary>
public sealed class AnswerPlan
{
    private AnswerPlan(IReadOnlyList<PlannedSection> sections) => Sections = sections;

    internal IReadOnlyList<PlannedSection> Sections { get; }

    /// <summary>The plan that an answer to an offer of ours amounts to.</summary>
    internal static AnswerPlan Of(IReadOnlyList<PlannedSection> sections) => new(sections);

    /// <summary>True if data channels are agreed to.</summary>
    public bool HasData => Sections.Any(section => section.Kind == SectionKind.Data);

    /// <summary>Indexes of those tracks that the viewer gets, in the order of the sections.</summary>
    public IEnumerable<int> Tracks => Sections.Where(section => section.Track >= 0).Select(section => section.Track);

    /// <summary>
    /// Fits tracks to an offer: the first video and audio track that each section can take. Fails, with a sentence, if nothing fits, or if the viewer wants pictures and can't have them.
    /// </summary>
    /// <param name="offer">The viewer's offer.</param>
    /// <param name="tracks">What we can send.</param>
    /// <param name="plan">What we agree to.</param>
    /// <param name="error">Why there is none, as a sentence for the viewer.</param>
    /// <param name="acceptsData">Agrees to data channels too; an offer of nothing else is then enough.</param>
    /// <param name="receives">What we take of what the other side sends, one video and one audio track, by preference; null: nothing.</param>
    public static bool TryMake(
        RemoteOffer offer,
        IReadOnlyList<SendTrack> tracks,
        [NotNullWhen(true)] out AnswerPlan? plan,
        out string error,
        bool acceptsData = false,
        IReadOnlyList<Codec>? receives = null
    )
    {
        plan = null;
        error = "";
        var bundle = offer.Sdp.Bundle;
        var sections = new List<PlannedSection>();
        var hasTransport = false;
        foreach (var media in offer.Sdp.Media)
        {
            // Without BUNDLE every section wants a transport of its own; we have one.
            var shares = media.Mid is { } mid && bundle.Contains(mid);
            var section = Plan(media, offer, tracks, sections, mayServe: shares || !hasTransport, acceptsData);
            section = receives is null ? section : ReceivedSections.Add(media, offer, section, sections, receives);
            hasTransport |= section.Kind != SectionKind.Rejected;
            sections.Add(section);
        }
        if (MissingVideo(offer, tracks, sections) is { } sentence)
        {
            error = sentence;
            return false;
        }
        if (receives is not null && ReceivedSections.Refusal(offer, sections, receives) is { } refusal)
        {
            error = refusal;
            return false;
        }
        var isDataOnly =
            sections.Exists(section => section.Kind == SectionKind.Data) && !offer.Sdp.Media.Any(media => media.Kind is "video" or "audio");
        if (sections.All(section => section.Track < 0 && !section.Receives) && !isDataOnly)
        {
            error =
                tracks.Count == 0
                    ? "The camera has no track in a format that WebRTC can carry."
                    : "The offer asks for nothing the camera sends: it needs a recvonly section for video or audio.";
            return false;
        }
        plan = new AnswerPlan(sections);
        return true;
    }

    /// <summary>True if something of the other side is taken.</summary>
    public bool HasReceived => Sections.Any(section => section.Receives);

    /// <summary>What keeps a further offer from being a mere restart of ICE, as a sentence: another certificate, or other media; empty if nothing does.</summary>
    internal string WhyNoRestart(
        RemoteOffer offer,
        ReadOnlySpan<byte> fingerprint,
        IReadOnlyList<OutgoingTrack> sent,
        IReadOnlyList<IncomingTrack> received
    )
    {
        if (!offer.Fingerprint.SequenceEqual(fingerprint))
        {
            return "The new offer names another certificate; begin a new session.";
        }
        var sends = Sections.Where(section => section.Track >= 0).Select(section => (section.Track, TypeOf(section)));
        var takes = Sections.Where(section => section.Receives).Select(TypeOf);
        var isSame =
            sends.SequenceEqual(sent.Select(track => (track.Index, (int)track.PayloadType)))
            && takes.SequenceEqual(received.Select(track => track.PayloadType));
        return isSame ? "" : "The new offer asks for other media than the first; begin a new session.";

        static int TypeOf(PlannedSection section) => section.Format!.Map.PayloadType;
    }

    private static PlannedSection Plan(
        MediaDescription media,
        RemoteOffer offer,
        IReadOnlyList<SendTrack> tracks,
        List<PlannedSection> before,
        bool mayServe,
        bool acceptsData
    )
    {
        var isRtp = media.Kind is "video" or "audio" && media.Protocol is "UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP" or "RTP/SAVPF";
        var isOpen = media.Port != 0 || media.Attributes.Contains("bundle-only");
        if (acceptsData && isOpen && mayServe && DataSection.Is(media) && !before.Exists(section => section.Kind == SectionKind.Data))
        {
            return new PlannedSection(SectionKind.Data, -1, null);
        }
        if (!isRtp || !isOpen || !mayServe || media.Formats.Count == 0 || !media.RtcpMux)
        {
            return new PlannedSection(SectionKind.Rejected, -1, null);
        }
        if (offer.Sdp.DirectionOf(media) is MediaDirection.ReceiveOnly or MediaDirection.SendReceive)
        {
            for (var i = 0; i < tracks.Count; i++)
            {
                var isTaken = before.Any(section => section.Track == i);
                if (!isTaken && tracks[i].IsVideo == (media.Kind == "video") && FormatChoice.Find(media, tracks[i]) is { } choice)
                {
                    return new PlannedSection(SectionKind.Media, i, choice);
                }
            }
        }
        return new PlannedSection(SectionKind.Inactive, -1, null);
    }

    private static string? MissingVideo(RemoteOffer offer, IReadOnlyList<SendTrack> tracks, List<PlannedSection> sections)
    {
        if (tracks.FirstOrDefault(track => track.IsVideo) is not { } video)
        {
            return null;
        }
        var offered = new HashSet<string>();
        for (var i = 0; i < sections.Count; i++)
        {
            if (offer.Sdp.Media[i].Kind != "video" || offer.Sdp.Media[i].Port == 0)
            {
                continue;
            }
            if (sections[i].Track >= 0)
            {
                return null;
            }
            foreach (var map in offer.Sdp.Media[i].RtpMaps)
            {
                if (CodecNames.Read(map) is var codec and not Codec.Unknown)
                {
                    offered.Add(CodecNames.Write(codec));
                }
            }
        }
        return offered.Count == 0 ? null : Misfit(video, offered);
    }

    private static string Misfit(SendTrack video, HashSet<string> offered)
    {
        var name = CodecNames.Write(video.Codec);
        if (!offered.Contains(name))
        {
            return $"The camera sends {name}, but the viewer can only play {string.Join(", ", offered.Order())}. Set the camera to one of these.";
        }
        return video.Codec == Codec.H264
            ? "The viewer takes H264 only in single packets (packetization-mode=0), which the camera's pictures do not fit. Use a viewer that offers packetization-mode=1."
            : $"The camera sends {name} in profile {video.Video?.Profile ?? 0}, but the viewer can only play other profiles of it. Set the camera to one of these.";
    }
}

/// <summary>What becomes of a section.</summary>
internal enum SectionKind
{
    /// <summary>Port 0.</summary>
    Rejected,

    /// <summary>On the shared transport, but nothing is sent.</summary>
    Inactive,

    /// <summary>Media flows in it, to the other side, from it, or both.</summary>
    Media,

    /// <summary>Data channels.</summary>
    Data,
}

/// <summary>One section of the answer.</summary>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Track">Index of our track, −1 for none.</param>
/// <param name="Format">The format of the track.</param>
internal sealed record PlannedSection(SectionKind Kind, int Track, FormatChoice? Format)
{
    /// <summary>We take what the other side sends in it.</summary>
    internal bool Receives { get; init; }

    /// <summary>Which way media flows, as the answer says it.</summary>
    internal string Direction =>
        (Track >= 0, Receives) switch
        {
            (true, true) => "sendrecv",
            (true, false) => "sendonly",
            (false, true) => "recvonly",
            _ => "inactive",
        };
}
