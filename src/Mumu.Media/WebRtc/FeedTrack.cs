// One slot of a stream on its way to one viewer.
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>What differs between viewers of a track: the numbers of <see cref="OutgoingTrack"/>, where its time begins, and what was sent as what.</summary>
internal sealed class FeedTrack(OutgoingTrack outgoing, uint timeOffset)
{
    internal OutgoingTrack Outgoing => outgoing;

    internal SentRuns Runs { get; } = new();

    /// <summary>The time of the last frame sent, new or repeated, as the viewer has it.</summary>
    internal uint LastTime { get; set; }

    internal uint TimeOf(PacketizedFrame frame, in Repeat? repeat) =>
        repeat?.TimeOf(frame) ?? unchecked((uint)frame.Timestamp + timeOffset);
}
