// Tells the peer to stop waiting for what was given up.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Sending;

/// <summary>FORWARD TSN on the sending side (RFC 3758 §3.5).</summary>
internal sealed class Forwarding(SentChunks sent)
{
    private const int MaxStreams = 64;

    /// <summary>A chunk is to be sent.</summary>
    internal bool IsDue { get; private set; }

    /// <summary>The peer waits for something that will not come.</summary>
    internal bool IsNeeded => sent.Count > 0 && sent[0].State == SentState.Abandoned;

    /// <summary>Chunks were acknowledged or given up: the peer is told where to go on.</summary>
    internal void Update() => IsDue = IsNeeded;

    internal void Write(ref PacketWriter packet)
    {
        Span<(ushort Stream, ushort Sequence)> skipped = stackalloc (ushort, ushort)[MaxStreams];
        var room = Math.Min(MaxStreams, (packet.Room - ForwardTsnChunk.FixedLength) / 4);
        if (room <= 0)
        {
            return;
        }
        var streams = 0;
        var count = 0;
        for (; count < sent.Count && sent[count].State == SentState.Abandoned; count++)
        {
            var message = sent[count].Message;
            if (!message.IsUnordered && !Note(skipped, ref streams, room, message.Stream.Id, message.Sequence))
            {
                break; // no room to name another stream; the rest comes with the next one
            }
        }
        IsDue = false;
        ForwardTsnChunk.Write(ref packet, sent.Acknowledged + count, skipped[..streams]);
    }

    private static bool Note(Span<(ushort Stream, ushort Sequence)> skipped, ref int count, int room, ushort stream, ushort sequence)
    {
        for (var i = 0; i < count; i++)
        {
            if (skipped[i].Stream == stream)
            {
                skipped[i].Sequence = sequence; // in order of sending, so the last is the highest
                return true;
            }
        }
        if (count == room)
        {
            return false;
        }
        skipped[count++] = (stream, sequence);
        return true;
    }
}
