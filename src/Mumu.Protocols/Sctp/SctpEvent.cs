// What an association tells its owner.
namespace Mumu.Protocols.Sctp;

internal enum SctpEventKind
{
    /// <summary>Messages can be sent and come in from now on.</summary>
    Connected,

    /// <summary>A message came; the bytes are valid until the next event is read.</summary>
    Message,

    /// <summary>The peer has reset its direction of a stream.</summary>
    IncomingReset,

    /// <summary>Our direction of a stream is reset.</summary>
    OutgoingReset,

    /// <summary>It is over: the last event.</summary>
    Ended,
}

/// <summary>An event; a value, as messages come by it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Stream">The stream concerned.</param>
/// <param name="Protocol">The message's payload protocol identifier.</param>
/// <param name="Buffer">A pooled buffer whose first bytes are the message.</param>
/// <param name="Length">Bytes of the message.</param>
internal readonly record struct SctpEvent(SctpEventKind Kind, ushort Stream = 0, uint Protocol = 0, byte[]? Buffer = null, int Length = 0)
{
    internal ReadOnlySpan<byte> Data => Buffer.AsSpan(0, Length);
}
