// The pieces of a media playlist: segments, and the parts they are made of.
namespace Mumu.Protocols.Hls;

/// <summary>A partial segment (RFC 8216bis §3.1).</summary>
/// <param name="Seconds">How long it plays.</param>
/// <param name="IsIndependent">It begins with a picture at which decoding can start.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Content">The bytes, in whatever form the owner keeps them.</param>
/// <typeparam name="TContent">What the owner keeps.</typeparam>
public sealed record HlsPart<TContent>(double Seconds, bool IsIndependent, int Bytes, TContent Content);

/// <summary>A media segment, growing until it is complete.</summary>
/// <typeparam name="TContent">What the owner keeps of a part.</typeparam>
public sealed class HlsSegment<TContent>
{
    private readonly List<HlsPart<TContent>> _parts = [];

    internal HlsSegment(long number, int initialization, DateTimeOffset begins, bool isDiscontinuous) =>
        (Number, Initialization, Begins, IsDiscontinuous) = (number, initialization, begins, isDiscontinuous);

    /// <summary>Its media sequence number.</summary>
    public long Number { get; }

    /// <summary>The number of the initialization segment it needs.</summary>
    public int Initialization { get; }

    /// <summary>The wall clock at its beginning.</summary>
    public DateTimeOffset Begins { get; }

    /// <summary>True if what comes does not go on from the segment before.</summary>
    public bool IsDiscontinuous { get; }

    /// <summary>Its parts, in order.</summary>
    public IReadOnlyList<HlsPart<TContent>> Parts => _parts;

    /// <summary>No part will be added.</summary>
    public bool IsComplete { get; internal set; }

    /// <summary>How long its parts play.</summary>
    public double Seconds { get; private set; }

    /// <summary>The size of its parts.</summary>
    public long Bytes { get; private set; }

    internal void Add(HlsPart<TContent> part)
    {
        _parts.Add(part);
        Seconds += part.Seconds;
        Bytes += part.Bytes;
    }
}
