// One slot of a stream on its way to one viewer.
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>What differs between viewers of a track: the numbers of <see cref="OutgoingTrack"/>, where its time begins, and what was sent as what.</summary>
internal sealed class FeedTrack(OutgoingTrack outgoing, uint timeOffset)
{
    internal OutgoingTrack Outgoing => outgoing;

    internal SentRuns Runs { get; } = new();

    internal ResendTimes Resends { get; } = new();

    /// <summary>The time of the last frame sent, new or repeated, as the viewer has it.</summary>
    internal uint LastTime { get; set; }

    /// <summary>One for each slot of a stream; null for those that a viewer does not get.</summary>
    internal static FeedTrack?[] Of(Peer peer, StreamTracks tracks) =>
        [
            .. Enumerable
                .Range(0, tracks.Tracks.Count)
                .Select(slot => peer.Tracks.FirstOrDefault(track => track.Index == slot))
                .Select(track => track is null ? null : new FeedTrack(track, (uint)CryptoRandom.Instance.NextInt64(1L << 31))),
        ];

    internal uint TimeOf(PacketizedFrame frame, in Repeat? repeat) =>
        repeat?.TimeOf(frame) ?? unchecked((uint)frame.Timestamp + timeOffset);
}
