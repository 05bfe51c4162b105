// Who publishes.
namespace Mumu.Media.Publishing;

/// <summary>A publisher as others see it.</summary>
/// <param name="Protocol"><c>rtsp</c>, <c>rtmp</c>, <c>webrtc</c>, …</param>
/// <param name="Remote">Its address and port.</param>
/// <param name="Key">The name of the key it came with.</param>
public sealed record Publisher(string Protocol, string Remote, string Key)
{
    /// <summary>How its media travels, <c>UDP</c> or <c>TCP</c>; null where its protocol leaves no choice.</summary>
    public string? Transport { get; init; }

    /// <summary>The connection it is on, where its protocol tells connections from sessions.</summary>
    public Guid? Connection { get; init; }

    /// <summary>Asks the publisher for a key frame, where its protocol can; called from any thread, must not block.</summary>
    public Action? RequestKeyFrame { get; init; }
}
