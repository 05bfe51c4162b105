// The sessions of the control API, with the field names its clients know.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Control;

/// <summary>A page of a list.</summary>
internal sealed record Page<T>(int ItemCount, int PageCount, IReadOnlyList<T> Items);

/// <summary>A connection of RTSP.</summary>
internal sealed record RtspConn(
    Guid Id,
    DateTimeOffset Created,
    string RemoteAddr,
    Guid? Session,
    string Tunnel,
    long InboundBytes,
    long OutboundBytes,
    long BytesReceived,
    long BytesSent
);

/// <summary>A session of RTSP. Figures that nobody counts are null.</summary>
internal sealed record RtspSession(
    Guid Id,
    DateTimeOffset Created,
    string RemoteAddr,
    string State,
    string Path,
    string Query,
    string User,
    string UserAgent,
    string? Transport,
    string? Profile,
    IReadOnlyList<Guid> Conns,
    long InboundBytes,
    long OutboundBytes,
    long BytesReceived,
    long BytesSent
)
{
    [JsonPropertyName("inboundRTPPackets")]
    public long? InboundRtpPackets { get; init; }

    [JsonPropertyName("inboundRTPPacketsLost")]
    public long? InboundRtpPacketsLost { get; init; }

    [JsonPropertyName("inboundRTPPacketsInError")]
    public long? InboundRtpPacketsInError { get; init; }

    [JsonPropertyName("inboundRTPPacketsJitter")]
    public double? InboundRtpPacketsJitter { get; init; }

    [JsonPropertyName("inboundRTCPPackets")]
    public long? InboundRtcpPackets { get; init; }

    [JsonPropertyName("inboundRTCPPacketsInError")]
    public long? InboundRtcpPacketsInError { get; init; }

    [JsonPropertyName("outboundRTPPackets")]
    public long? OutboundRtpPackets { get; init; }

    [JsonPropertyName("outboundRTPPacketsReportedLost")]
    public long? OutboundRtpPacketsReportedLost { get; init; }

    [JsonPropertyName("outboundRTPPacketsDiscarded")]
    public long? OutboundRtpPacketsDiscarded { get; init; }

    [JsonPropertyName("outboundRTCPPackets")]
    public long? OutboundRtcpPackets { get; init; }

    public long? RtpPacketsReceived { get; init; }

    public long? RtpPacketsSent { get; init; }

    public long? RtpPacketsLost { get; init; }

    public long? RtpPacketsInError { get; init; }

    public double? RtpPacketsJitter { get; init; }

    public long? RtcpPacketsReceived { get; init; }

    public long? RtcpPacketsSent { get; init; }

    public long? RtcpPacketsInError { get; init; }
}

/// <summary>A connection of RTMP.</summary>
internal sealed record RtmpConn(
    Guid Id,
    DateTimeOffset Created,
    string RemoteAddr,
    string State,
    string Path,
    string Query,
    string User,
    string UserAgent,
    long InboundBytes,
    long OutboundBytes,
    long? OutboundFramesDiscarded,
    long BytesReceived,
    long BytesSent
);

/// <summary>A session of WebRTC. Figures that nobody counts are null.</summary>
internal sealed record WebRtcSession(
    Guid Id,
    DateTimeOffset Created,
    string RemoteAddr,
    bool PeerConnectionEstablished,
    string LocalCandidate,
    string RemoteCandidate,
    string State,
    string Path,
    string Query,
    string User,
    string UserAgent,
    long InboundBytes,
    long OutboundBytes,
    long? OutboundFramesDiscarded,
    long BytesReceived,
    long BytesSent
)
{
    [JsonPropertyName("inboundRTPPackets")]
    public long? InboundRtpPackets { get; init; }

    [JsonPropertyName("inboundRTPPacketsLost")]
    public long? InboundRtpPacketsLost { get; init; }

    [JsonPropertyName("inboundRTPPacketsJitter")]
    public double? InboundRtpPacketsJitter { get; init; }

    [JsonPropertyName("inboundRTCPPackets")]
    public long? InboundRtcpPackets { get; init; }

    [JsonPropertyName("outboundRTPPackets")]
    public long? OutboundRtpPackets { get; init; }

    [JsonPropertyName("outboundRTCPPackets")]
    public long? OutboundRtcpPackets { get; init; }

    public long? RtpPacketsReceived { get; init; }

    public long? RtpPacketsSent { get; init; }

    public long? RtpPacketsLost { get; init; }

    public double? RtpPacketsJitter { get; init; }

    public long? RtcpPacketsReceived { get; init; }

    public long? RtcpPacketsSent { get; init; }
}

/// <summary>What HLS does of one path.</summary>
internal sealed record HlsMuxer(
    string Path,
    DateTimeOffset Created,
    DateTimeOffset LastRequest,
    long OutboundBytes,
    long? OutboundFramesDiscarded,
    long BytesSent
);

/// <summary>A reader over HLS.</summary>
internal sealed record HlsSession(
    Guid Id,
    DateTimeOffset Created,
    string RemoteAddr,
    string Path,
    string Query,
    string User,
    string UserAgent,
    [property: JsonPropertyName("isCDN")] bool IsCdn,
    long OutboundBytes
);

/// <summary>The recordings of one path.</summary>
internal sealed record Recording(string Name, IReadOnlyList<RecordingSegment> Segments);

/// <summary>One recorded file.</summary>
internal sealed record RecordingSegment(DateTimeOffset Start);
