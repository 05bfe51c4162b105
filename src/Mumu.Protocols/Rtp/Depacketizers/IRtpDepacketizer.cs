// What every depacketiser does: payloads in, units out.
namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Puts units of one format together from RTP payloads. Holds the state of one track.</summary>
public interface IRtpDepacketizer
{
    /// <summary>Units thrown away since the first whole one: damaged, or waiting for a key frame after damage.</summary>
    long DroppedUnits { get; }

    /// <summary>Payloads that broke the rules of their format.</summary>
    long MalformedPayloads { get; }

    /// <summary>True while damage is being waited out: ask the source for a key frame. Never for sound.</summary>
    bool NeedsKeyFrame => false;

    /// <summary>Takes the next payload in order of sequence.</summary>
    /// <param name="payload">The payload; not kept.</param>
    /// <param name="timestamp">Its unwrapped timestamp.</param>
    /// <param name="marker">The packet's marker bit.</param>
    /// <param name="lost">True when packets right before this one are missing.</param>
    void Push(ReadOnlySpan<byte> payload, long timestamp, bool marker, bool lost);

    /// <summary>Takes the next finished unit; its bytes are valid until the next <see cref="Push"/>.</summary>
    bool TryRead(out DepacketizedUnit unit);
}

/// <summary>A finished unit, seen in the depacketiser's buffer.</summary>
/// <param name="data">The bytes as units hold them.</param>
/// <param name="timestamp">Unwrapped timestamp in ticks of the track's clock.</param>
/// <param name="isKeyFrame">True where decoding can start.</param>
public readonly ref struct DepacketizedUnit(ReadOnlySpan<byte> data, long timestamp, bool isKeyFrame)
{
    /// <summary>The bytes as units hold them: length-prefixed NAL units for H.264 and H.265, open bitstream units with sizes for AV1, else the frame.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Unwrapped timestamp in ticks of the track's clock.</summary>
    public long Timestamp { get; } = timestamp;

    /// <summary>True where decoding can start.</summary>
    public bool IsKeyFrame { get; } = isKeyFrame;
}
