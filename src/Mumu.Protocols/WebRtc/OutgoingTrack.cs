// One RTP stream that we send to one viewer: its numbers, its clock, and what the viewer says of it.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc;

/// <summary>A track as negotiated with one viewer. The owner counts packet indexes and tells the clock; the peer writes packets and reports.</summary>
public sealed class OutgoingTrack
{
    private TimeSpan _clockAt;
    private uint _clockTicks;
    private bool _hasClock;

    internal OutgoingTrack(int index, SendTrack format, byte payloadType, Ssrc ssrc, ulong firstIndex)
    {
        Index = index;
        Codec = format.Codec;
        ClockRate = format.ClockRate;
        IsVideo = format.IsVideo;
        PayloadType = payloadType;
        Ssrc = ssrc;
        NextIndex = firstIndex;
    }

    /// <summary>Its place in the list of tracks that was offered to the viewer.</summary>
    public int Index { get; }

    /// <summary>The format.</summary>
    public Codec Codec { get; }

    /// <summary>RTP ticks a second.</summary>
    public int ClockRate { get; }

    /// <summary>True for pictures.</summary>
    public bool IsVideo { get; }

    /// <summary>As the viewer numbers the format, 0–127.</summary>
    public byte PayloadType { get; }

    /// <summary>The source as named in the answer.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>The id of the playout-delay extension, 1–14; null if the viewer does not know it.</summary>
    public int? PlayoutDelayId { get; internal init; }

    /// <summary>The id of the transport-wide number's extension, 1–14; null if the viewer sends no transport-wide feedback.</summary>
    public int? TransportId { get; internal init; }

    /// <summary>Where its lost packets are sent again; null if they are sent again in this stream, with the same bytes.</summary>
    public RetransmissionStream? Retransmission { get; internal init; }

    /// <summary>The 48-bit index (roll-over counter and sequence number) of the next new packet.</summary>
    public ulong NextIndex { get; private set; }

    /// <summary>New packets sent.</summary>
    public long Packets { get; private set; }

    /// <summary>Payload bytes of new packets sent.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>The viewer's last report block.</summary>
    public ReportBlock? LastReport { get; private set; }

    /// <summary>Round trip by the last report; null before the first useful one.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>Takes the indexes of <paramref name="packets"/> new packets and returns the first.</summary>
    public ulong Take(int packets, int payloadBytes)
    {
        var first = NextIndex;
        NextIndex += (ulong)packets;
        Packets += packets;
        PayloadBytes += payloadBytes;
        return first;
    }

    /// <summary>The full index of a sequence number that the viewer named: the last one given to it.</summary>
    public ulong IndexOf(SequenceNumber sequence)
    {
        var last = NextIndex - 1;
        return last - unchecked((ushort)((ushort)last - sequence.Value));
    }

    /// <summary>Says that the moment <paramref name="at"/> is <paramref name="timestamp"/> in the track's time, for sender reports.</summary>
    public void SetClock(TimeSpan at, RtpTimestamp timestamp) => (_clockAt, _clockTicks, _hasClock) = (at, timestamp.Value, true);

    internal bool HasClock => _hasClock;

    internal RtpTimestamp TimestampAt(TimeSpan now) =>
        new(unchecked(_clockTicks + (uint)(long)((Int128)(now - _clockAt).Ticks * ClockRate / TimeSpan.TicksPerSecond)));

    internal void Take(in ReportBlock block, uint ntpMiddle)
    {
        LastReport = block;
        RoundTrip = block.RoundTrip(ntpMiddle) ?? RoundTrip;
    }
}
