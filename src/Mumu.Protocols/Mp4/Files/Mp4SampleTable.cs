// The samples of a progressive file: where each is, and when (ISO 14496-12 §8.6, §8.7).
using System.Buffers.Binary;

namespace Mumu.Protocols.Mp4.Files;

/// <summary>A sample of a file.</summary>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">Its bytes, at least 1.</param>
/// <param name="DecodeTime">When it is decoded, in ticks of the track.</param>
/// <param name="PresentationTime">When it is shown, after the edit list; negative for what comes before the beginning.</param>
/// <param name="Duration">Ticks to the next.</param>
/// <param name="IsSync">Decoding can start here.</param>
public readonly record struct Mp4FileSample(long Offset, int Length, long DecodeTime, long PresentationTime, uint Duration, bool IsSync);

/// <summary>Reads the sample tables of a <c>moov</c>.</summary>
public static class Mp4SampleTable
{
    /// <summary>The most samples of one track: eleven hours at 50 pictures a second.</summary>
    public const int MaxSamples = 2_000_000;

    /// <summary>The largest sample in bytes.</summary>
    public const int MaxSample = 32 << 20;

    /// <summary>Reads the samples of a track, in decoding order; false where the tables make no sense.</summary>
    /// <param name="moov">The payload of the <c>moov</c>.</param>
    /// <param name="track">A track of it.</param>
    /// <param name="fileLength">Bytes of the whole file: it has no more samples than they can hold.</param>
    /// <param name="samples">Its samples; none for a fragmented file.</param>
    public static bool TryRead(ReadOnlySpan<byte> moov, Mp4TrackInfo track, long fileLength, out Mp4FileSample[] samples)
    {
        samples = [];
        var reader = new BoxReader(moov);
        while (reader.TryRead(out var box))
        {
            if (
                box.Is("trak"u8)
                && BoxReader.TryFind(box.Payload, "tkhd"u8, out var tkhd)
                && IdOf(tkhd) == track.Id
                && BoxReader.TryFind(box.Payload, "mdia"u8, out var mdia)
                && BoxReader.TryFind(mdia, "minf"u8, out var minf)
                && BoxReader.TryFind(minf, "stbl"u8, out var stbl)
            )
            {
                return TryReadTable(stbl, EditOf(box.Payload, MovieTimescale(moov), track.Timescale), fileLength, out samples);
            }
        }
        return false;
    }

    private static uint IdOf(ReadOnlySpan<byte> tkhd)
    {
        var fields = new FieldReader(tkhd);
        fields.Skip(fields.U8() == 1 ? 3 + 16 : 3 + 8);
        return fields.U32();
    }

    private static uint MovieTimescale(ReadOnlySpan<byte> moov)
    {
        if (!BoxReader.TryFind(moov, "mvhd"u8, out var mvhd))
        {
            return 0;
        }
        var fields = new FieldReader(mvhd);
        fields.Skip(fields.U8() == 1 ? 3 + 16 : 3 + 8);
        return fields.U32();
    }

    // How much later than in the media the track begins: empty edits in front, less what the first real edit leaves out.
    private static long EditOf(ReadOnlySpan<byte> trak, uint movieScale, int scale)
    {
        if (movieScale == 0 || !BoxReader.TryFind(trak, "edts"u8, out var edts) || !BoxReader.TryFind(edts, "elst"u8, out var elst))
        {
            return 0;
        }
        var fields = new FieldReader(elst);
        var isLong = fields.U32() >> 24 == 1;
        long empty = 0;
        for (var left = Math.Min(fields.U32(), 16); left > 0; left--)
        {
            var duration = isLong ? fields.U64() : fields.U32();
            var media = isLong ? (long)fields.U64() : (int)fields.U32();
            fields.Skip(4);
            if (fields.IsOverrun || duration > uint.MaxValue || media > uint.MaxValue)
            {
                return 0;
            }
            if (media >= 0)
            {
                return empty - media;
            }
            empty += (long)((Int128)duration * scale / movieScale);
        }
        return 0;
    }

    private static bool TryReadTable(ReadOnlySpan<byte> stbl, long edit, long fileLength, out Mp4FileSample[] samples)
    {
        samples = [];
        if (
            !BoxReader.TryFind(stbl, "stsz"u8, out var sizes)
            || !BoxReader.TryFind(stbl, "stts"u8, out var times)
            || !BoxReader.TryFind(stbl, "stsc"u8, out var runs)
        )
        {
            return false;
        }
        var isLong = BoxReader.TryFind(stbl, "co64"u8, out var chunks);
        if (!isLong && !BoxReader.TryFind(stbl, "stco"u8, out chunks))
        {
            return false;
        }
        var head = new FieldReader(sizes);
        head.Skip(4);
        var (same, count) = (head.U32(), head.U32());
        // A size for each, unless all have the same: the bytes there are bound the count, so that a few of them do not cost as many megabytes.
        if (head.IsOverrun || count > MaxSamples || (same == 0 ? 4 * (long)count > head.Rest.Length : same * (long)count > fileLength))
        {
            return false;
        }
        var found = new Mp4FileSample[count];
        if (!TryPlace(found, same, head.Rest, runs, chunks, isLong) || !TryTime(found, times))
        {
            return false;
        }
        Order(found, stbl, edit);
        samples = found;
        return true;
    }

    private static bool TryPlace(
        Mp4FileSample[] samples,
        uint same,
        ReadOnlySpan<byte> sizes,
        ReadOnlySpan<byte> runs,
        ReadOnlySpan<byte> chunks,
        bool isLong
    )
    {
        var run = new FieldReader(runs);
        var chunk = new FieldReader(chunks);
        run.Skip(4);
        chunk.Skip(4);
        var (runsLeft, chunksLeft) = (run.U32(), chunk.U32());
        var (next, perChunk, nextPerChunk) = (1u, 0u, 0u);
        var at = 0;
        Advance(ref run);
        for (var number = 1u; at < samples.Length && number <= chunksLeft; number++)
        {
            while (number == next)
            {
                perChunk = nextPerChunk;
                Advance(ref run);
            }
            var offset = isLong ? (long)chunk.U64() : chunk.U32();
            if (chunk.IsOverrun || offset < 0 || perChunk == 0)
            {
                return false;
            }
            for (var i = 0u; i < perChunk && at < samples.Length; i++, at++)
            {
                var length = same != 0 ? same : BinaryPrimitives.ReadUInt32BigEndian(sizes[(4 * at)..]);
                if (length > MaxSample)
                {
                    return false;
                }
                samples[at] = samples[at] with { Offset = offset, Length = (int)length };
                offset += length;
            }
        }
        return at == samples.Length;

        // The first chunk of the next run, and how many samples its chunks have; 0 where there is none.
        void Advance(ref FieldReader fields)
        {
            (next, nextPerChunk) = runsLeft == 0 ? (0, 0) : (fields.U32(), fields.U32());
            fields.Skip(runsLeft == 0 ? 0 : 4);
            runsLeft -= runsLeft == 0 ? 0u : 1;
        }
    }

    private static bool TryTime(Mp4FileSample[] samples, ReadOnlySpan<byte> times)
    {
        var fields = new FieldReader(times);
        fields.Skip(4);
        fields.U32();
        var (at, time) = (0, 0L);
        while (at < samples.Length)
        {
            var (count, duration) = (fields.U32(), fields.U32());
            if (fields.IsOverrun)
            {
                return false;
            }
            for (; count > 0 && at < samples.Length; count--, at++)
            {
                samples[at] = samples[at] with { DecodeTime = time, PresentationTime = time, Duration = duration };
                time += duration;
            }
        }
        return true;
    }

    private static void Order(Mp4FileSample[] samples, ReadOnlySpan<byte> stbl, long edit)
    {
        if (BoxReader.TryFind(stbl, "ctts"u8, out var offsets))
        {
            var fields = new FieldReader(offsets);
            fields.Skip(8);
            for (var at = 0; at < samples.Length; )
            {
                var (count, offset) = (fields.U32(), (int)fields.U32());
                if (fields.IsOverrun)
                {
                    break;
                }
                for (; count > 0 && at < samples.Length; count--, at++)
                {
                    samples[at] = samples[at] with { PresentationTime = samples[at].DecodeTime + offset };
                }
            }
        }
        var hasSync = BoxReader.TryFind(stbl, "stss"u8, out var syncs);
        var sync = new FieldReader(syncs);
        sync.Skip(hasSync ? 8 : 0);
        var next = hasSync ? sync.U32() : 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var isSync = !hasSync || i + 1 == next;
            next = hasSync && isSync ? sync.U32() : next;
            samples[i] = samples[i] with
            {
                IsSync = isSync,
                DecodeTime = samples[i].DecodeTime + edit,
                PresentationTime = samples[i].PresentationTime + edit,
            };
        }
    }
}
