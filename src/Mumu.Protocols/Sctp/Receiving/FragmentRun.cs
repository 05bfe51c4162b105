// Neighbouring pieces of one message.
using System.Buffers;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Receiving;

/// <summary>An unbroken run of a message's pieces in a buffer that grows.</summary>
internal sealed class FragmentRun
{
    internal FragmentRun(in DataChunk chunk)
    {
        First = Last = chunk.Tsn;
        Stream = chunk.Stream;
        Sequence = chunk.Sequence;
        Protocol = chunk.Protocol;
        IsUnordered = chunk.IsUnordered;
        HasFirst = chunk.IsFirst;
        HasLast = chunk.IsLast;
        Buffer = ArrayPool<byte>.Shared.Rent(chunk.Data.Length);
        chunk.Data.CopyTo(Buffer);
        Length = chunk.Data.Length;
    }

    internal Tsn First { get; }

    internal Tsn Last { get; private set; }

    internal ushort Stream { get; }

    internal ushort Sequence { get; }

    internal uint Protocol { get; private set; }

    internal bool IsUnordered { get; }

    internal bool HasFirst { get; }

    internal bool HasLast { get; private set; }

    internal byte[] Buffer { get; private set; }

    internal int Length { get; private set; }

    internal bool IsWhole => HasFirst && HasLast;

    /// <summary>True if a chunk behind this run can belong to the same message.</summary>
    internal bool TakesBehind(in DataChunk chunk) =>
        !HasLast
        && !chunk.IsFirst
        && chunk.Stream == Stream
        && chunk.IsUnordered == IsUnordered
        && (IsUnordered || chunk.Sequence == Sequence);

    /// <summary>True if a run that begins right behind this one can belong to the same message.</summary>
    internal bool TakesBehind(FragmentRun run) =>
        !HasLast && !run.HasFirst && run.Stream == Stream && run.IsUnordered == IsUnordered && (IsUnordered || run.Sequence == Sequence);

    internal void Append(in DataChunk chunk)
    {
        Append(chunk.Data);
        (Last, HasLast) = (chunk.Tsn, chunk.IsLast);
    }

    /// <summary>Takes over what another run holds, and frees that.</summary>
    internal void Append(FragmentRun run)
    {
        Append(run.Buffer.AsSpan(0, run.Length));
        (Last, HasLast) = (run.Last, run.HasLast);
        run.Release();
    }

    internal void Release() => ArrayPool<byte>.Shared.Return(Buffer);

    private void Append(ReadOnlySpan<byte> data)
    {
        if (Length + data.Length > Buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + data.Length, Buffer.Length * 2));
            Buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(Buffer);
            Buffer = larger;
        }
        data.CopyTo(Buffer.AsSpan(Length));
        Length += data.Length;
    }
}
