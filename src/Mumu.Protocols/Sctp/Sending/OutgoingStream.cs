// Our direction of one stream.
namespace Mumu.Protocols.Sctp.Sending;

/// <summary>Messages of one stream that wait, and the number of the next.</summary>
internal sealed class OutgoingStream(ushort id)
{
    internal ushort Id { get; } = id;

    internal Queue<OutgoingMessage> Waiting { get; } = new(1);

    /// <summary>The number of the next ordered message.</summary>
    internal ushort NextSequence { get; set; }

    /// <summary>Bytes not yet sent for the first time.</summary>
    internal int Unsent { get; set; }

    /// <summary>Messages not yet released.</summary>
    internal int Kept { get; set; }

    /// <summary>It stands in the queue's turn.</summary>
    internal bool IsInTurn { get; set; }

    /// <summary>It is to be reset when nothing of it is kept any more.</summary>
    internal bool IsClosing { get; set; }
}
