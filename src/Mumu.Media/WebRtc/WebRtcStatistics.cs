// The engine's figures at one moment.
namespace Mumu.Media.WebRtc;

/// <summary>Counters of a <see cref="WebRtcEngine"/> over all loops since its start; a snapshot.</summary>
/// <param name="Viewers">Sessions now.</param>
/// <param name="Packets">Datagrams sent.</param>
/// <param name="Bytes">Bytes sent, without IP and UDP headers.</param>
/// <param name="SegmentedSends">Messages of several datagrams that left in one piece (UDP GSO).</param>
/// <param name="Received">Datagrams received.</param>
/// <param name="Retransmits">RTP packets sent again for a NACK.</param>
/// <param name="Nacks">Packets asked for again.</param>
/// <param name="KeyFrameRequests">PLI and FIR received.</param>
/// <param name="Drops">Frames left out for viewers, by cause.</param>
/// <param name="SendBlocks">Times a socket was full.</param>
/// <param name="SendErrors">Messages the kernel refused.</param>
/// <param name="Strays">Datagrams that belonged to no session.</param>
public sealed record WebRtcStatistics(
    int Viewers,
    long Packets,
    long Bytes,
    long SegmentedSends,
    long Received,
    long Retransmits,
    long Nacks,
    long KeyFrameRequests,
    DropCounts Drops,
    long SendBlocks,
    long SendErrors,
    long Strays
)
{
    internal static WebRtcStatistics Of(int viewers, ViewerLoop[] loops)
    {
        var counts = loops.Aggregate(default(ViewerCounts), (sum, loop) => sum + loop.Counts);
        return new WebRtcStatistics(
            viewers,
            loops.Sum(loop => loop.Output.Datagrams),
            loops.Sum(loop => loop.Output.Bytes),
            loops.Sum(loop => loop.Output.Segmented),
            loops.Sum(loop => loop.Received),
            counts.Retransmits,
            counts.Nacks,
            counts.KeyFrameRequests,
            counts.Drops,
            loops.Sum(loop => loop.Output.Blocks),
            loops.Sum(loop => loop.Output.Errors),
            loops.Sum(loop => loop.Strays)
        );
    }
}
