// A reader or a publisher, as lists and metrics show both.
using Mumu.Agent.Cameras;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Paths;

/// <summary>Someone who takes media from a path or brings it.</summary>
/// <param name="Id">A random name.</param>
/// <param name="Protocol"><c>webrtc</c>, <c>rtsp</c>, <c>rtsps</c>, <c>rtmp</c>, <c>hls</c>, …</param>
/// <param name="Publishes">True for a publisher, false for a reader.</param>
/// <param name="Path">The path.</param>
/// <param name="Remote">Its address and port.</param>
/// <param name="User">The name of the key or user it came with.</param>
/// <param name="Since">When it began.</param>
/// <param name="BytesReceived">Bytes it brought.</param>
/// <param name="BytesSent">Bytes it was sent.</param>
internal sealed record MediaSession(
    Guid Id,
    string Protocol,
    bool Publishes,
    string Path,
    string Remote,
    string User,
    DateTimeOffset Since,
    long BytesReceived,
    long BytesSent
)
{
    /// <summary>How its media travels, <c>UDP</c> or <c>TCP</c>; null where its protocol leaves no choice.</summary>
    public string? Transport { get; init; }

    /// <summary>The connection it is on, where its protocol tells connections from sessions.</summary>
    public Guid? Connection { get; init; }

    /// <summary>Packets it was sent; null where nobody counts them.</summary>
    public long? PacketsSent { get; init; }

    /// <summary>Frames that were left out for it; null where nobody counts them.</summary>
    public long? Discarded { get; init; }

    /// <summary>When it last asked for something.</summary>
    public DateTimeOffset LastRequest { get; init; }

    /// <summary>Ends it.</summary>
    internal required Action Kick { get; init; }

    /// <summary>All sessions of a path: its publisher, then its readers by age.</summary>
    internal static IEnumerable<MediaSession> Of(Camera camera)
    {
        if (camera.Slot?.Current is { } publication)
        {
            yield return Of(camera.Id, publication);
        }
        foreach (var reader in camera.Readers.All.OrderBy(r => r.Since))
        {
            yield return Of(camera.Id, reader);
        }
    }

    private static MediaSession Of(string path, Publication publication)
    {
        var publisher = publication.Publisher;
        return new(publication.Id, publisher.Protocol, true, path, publisher.Remote, publisher.Key, publication.Since, publication.Bytes, 0)
        {
            Transport = publisher.Transport,
            Connection = publisher.Connection,
            LastRequest = publication.Since,
            Kick = () => publication.End("The publisher was ended by an administrator."),
        };
    }

    private static MediaSession Of(string path, PathReader reader) =>
        new(reader.Id, reader.Protocol, false, path, reader.Remote, reader.Key, reader.Since, 0, reader.Bytes())
        {
            Transport = reader.Transport,
            Connection = reader.Connection,
            PacketsSent = reader.Packets?.Invoke(),
            Discarded = reader.Discarded?.Invoke(),
            LastRequest = reader.LastRequest?.Invoke() ?? reader.Since,
            Kick = reader.Kick,
        };
}
