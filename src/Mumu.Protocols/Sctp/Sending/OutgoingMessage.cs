// A message on its way out.
using System.Buffers;

namespace Mumu.Protocols.Sctp.Sending;

/// <summary>How hard a message is tried.</summary>
/// <param name="IsUnordered">It need not wait for those before it.</param>
/// <param name="MaxRetransmits">How often a piece may be sent again; null for as often as it takes (RFC 7496).</param>
/// <param name="MaxLife">For how long it is of use; null for ever.</param>
internal readonly record struct Delivery(bool IsUnordered, int? MaxRetransmits = null, TimeSpan? MaxLife = null);

/// <summary>A message's bytes, kept until each piece was acknowledged or given up.</summary>
internal sealed class OutgoingMessage
{
    private readonly byte[] _buffer;
    private readonly int? _maxRetransmits;
    private readonly TimeSpan? _expiresAt;

    internal OutgoingMessage(OutgoingStream stream, uint protocol, ReadOnlySpan<byte> data, in Delivery delivery, TimeSpan now)
    {
        Stream = stream;
        Protocol = protocol;
        Length = data.Length;
        IsUnordered = delivery.IsUnordered;
        _maxRetransmits = delivery.MaxRetransmits;
        _expiresAt = now + delivery.MaxLife;
        _buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(_buffer);
    }

    internal OutgoingStream Stream { get; }

    internal uint Protocol { get; }

    internal int Length { get; }

    internal bool IsUnordered { get; }

    /// <summary>Its number in an ordered stream, once its first piece was taken.</summary>
    internal ushort Sequence { get; set; }

    /// <summary>Bytes already cut into chunks.</summary>
    internal int Taken { get; set; }

    /// <summary>Chunks that are neither acknowledged by a cumulative number nor passed over.</summary>
    internal int Outstanding { get; set; }

    /// <summary>Given up.</summary>
    internal bool IsAbandoned { get; set; }

    /// <summary>All of it was cut into chunks, or will never be.</summary>
    internal bool IsTakenWhole => Taken == Length || IsAbandoned;

    /// <summary>It may be given up some time.</summary>
    internal bool IsLimited => _maxRetransmits is not null || _expiresAt is not null;

    internal bool IsExpired(TimeSpan now) => _expiresAt <= now;

    /// <summary>Says whether a lost chunk is not worth another transmission.</summary>
    internal bool IsSpent(int transmissions, TimeSpan now) => transmissions > _maxRetransmits || IsExpired(now);

    internal ReadOnlySpan<byte> Piece(int offset, int length) => _buffer.AsSpan(offset, length);

    /// <summary>Gives the memory back; called once, by the queue.</summary>
    internal void Release() => ArrayPool<byte>.Shared.Return(_buffer);
}
