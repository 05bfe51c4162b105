// An MP4 file, progressive or fragmented.
using System.Buffers.Binary;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.Mp4.Files;

namespace Mumu.Media.Sources.Files;

/// <summary>Reads the samples of all usable tracks in decoding order.</summary>
internal sealed class Mp4File : MediaFile
{
    /// <summary>The largest <c>moov</c> or fragment that is read, in bytes.</summary>
    private const long MaxBox = 128 << 20;

    private readonly FileStream _stream;
    private readonly Mp4TrackInfo[] _infos;
    private readonly TrackFormat[] _formats;
    private readonly Queue<Mp4FileSample>[] _samples;
    private readonly Mp4FragmentReader? _fragments;
    private byte[] _raw = [];
    private long? _origin; // of a fragmented file, in microseconds

    public Mp4File(FileStream stream)
    {
        _stream = stream;
        if (FindBox("moov"u8) is not { } moov || !Mp4Movie.TryParse(moov, out var movie))
        {
            throw new SourceException(
                SourceFailure.Protocol,
                "This is no MP4 file that can be read: it has no index (moov), or one that makes no sense."
            );
        }
        _infos = [.. movie.Tracks.Where(IsUsable)];
        _formats = [.. _infos.Select(Format)];
        _samples = [.. _infos.Select(_ => new Queue<Mp4FileSample>())];
        for (var i = 0; i < _infos.Length; i++)
        {
            if (!Mp4SampleTable.TryRead(moov.AsSpan(8), _infos[i], stream.Length, out var samples))
            {
                throw new SourceException(SourceFailure.Protocol, "The index of this MP4 file makes no sense.");
            }
            _samples[i] = new Queue<Mp4FileSample>(samples);
        }
        if (Array.TrueForAll(_samples, queue => queue.Count == 0))
        {
            _fragments = new Mp4FragmentReader(movie);
        }
    }

    public override IReadOnlyList<TrackFormat> Tracks => _formats;

    public override bool TryRead(out FileUnit unit)
    {
        while (true)
        {
            var first = -1;
            for (var i = 0; i < _samples.Length; i++)
            {
                if (_samples[i].Count > 0 && (first < 0 || Due(i) < Due(first)))
                {
                    first = i;
                }
            }
            if (first < 0)
            {
                if (_fragments is null || !TryReadFragment(_fragments))
                {
                    unit = default;
                    return false;
                }
                continue;
            }
            var sample = _samples[first].Dequeue();
            if (sample.PresentationTime < 0 || sample.Length == 0)
            {
                continue; // what an encoder put in front, which the edit list leaves out
            }
            var due = Math.Max(0, (double)sample.DecodeTime / _infos[first].Timescale);
            var end = (double)(sample.PresentationTime + sample.Duration) / _infos[first].Timescale;
            var isKey = sample.IsSync || !_infos[first].IsVideo;
            // Files count as they like; streams count as RTP does.
            var time = (long)((Int128)sample.PresentationTime * _formats[first].ClockRate / _infos[first].Timescale);
            unit = new FileUnit(first, time, due, end, isKey, Read(sample, _infos[first]));
            return true;
        }
    }

    public override void Dispose() => _stream.Dispose();

    private double Due(int track) => (double)_samples[track].Peek().DecodeTime / _infos[track].Timescale;

    private static bool IsUsable(Mp4TrackInfo track) =>
        track.Codec != Codec.Unknown && track.IsVideo == (track.Codec is not (Codec.Aac or Codec.Opus or Codec.Pcmu or Codec.Pcma));

    private static TrackFormat Format(Mp4TrackInfo track) =>
        new(track.IsVideo ? MediaKind.Video : MediaKind.Audio, track.Codec, ClockOf(track), track.Channels, track.Configuration);

    private static int ClockOf(Mp4TrackInfo track) =>
        track.Codec switch
        {
            Codec.Opus => 48_000,
            Codec.Aac when AacConfiguration.TryParse(track.Configuration.Span, out var aac) => aac.SampleRate,
            _ => track.IsVideo ? 90_000 : track.Timescale,
        };

    private ReadOnlyMemory<byte> Read(Mp4FileSample sample, Mp4TrackInfo track)
    {
        Grow(sample.Length);
        _stream.Position = sample.Offset;
        if (_stream.ReadAtLeast(_raw.AsSpan(0, sample.Length), sample.Length, throwOnEndOfStream: false) < sample.Length)
        {
            throw new SourceException(SourceFailure.Protocol, "This MP4 file is cut short: its index points behind its end.");
        }
        return track.Codec is Codec.H264 or Codec.H265
            ? Mp4Nals.ToUnit(_raw.AsSpan(0, sample.Length), track, sample.IsSync)
            : _raw.AsMemory(0, sample.Length);
    }

    private bool TryReadFragment(Mp4FragmentReader fragments)
    {
        if (FindBox("moof"u8) is not { } moof)
        {
            return false;
        }
        var begin = _stream.Position - moof.Length;
        if (!TryHead(out _, out var length) || length > MaxBox)
        {
            return false;
        }
        var segment = new byte[moof.Length + length];
        moof.CopyTo(segment, 0);
        _stream.Position = begin + moof.Length;
        var samples = new List<Mp4FragmentSample>();
        if (
            _stream.ReadAtLeast(segment.AsSpan(moof.Length), (int)length, throwOnEndOfStream: false) < length
            || !fragments.TryRead(segment, samples)
        )
        {
            return false; // the file was cut short while it was written; what came before is good
        }
        _origin ??= OriginOf(samples);
        foreach (var sample in samples)
        {
            var index = Array.FindIndex(_infos, track => track.Id == sample.Track.Id);
            if (index >= 0 && sample.Length is > 0 and <= Mp4SampleTable.MaxSample)
            {
                var time = sample.DecodeTime - _origin!.Value * sample.Track.Timescale / 1_000_000;
                _samples[index]
                    .Enqueue(
                        new Mp4FileSample(
                            begin + sample.Offset,
                            sample.Length,
                            time,
                            time + sample.CompositionOffset,
                            sample.Duration,
                            sample.IsSync
                        )
                    );
            }
        }
        return true;
    }

    // When the first picture is shown, or the first sound heard where there are no pictures.
    private static long? OriginOf(List<Mp4FragmentSample> samples)
    {
        var first = samples.FindIndex(s => s.Track.IsVideo && s.IsSync);
        var sample = samples.Count == 0 ? default : samples[Math.Max(0, first)];
        return samples.Count == 0 ? null : (sample.DecodeTime + sample.CompositionOffset) * 1_000_000 / sample.Track.Timescale;
    }

    /// <summary>Reads the next box of a type, head and all, and stays behind it; null at the end.</summary>
    private byte[]? FindBox(ReadOnlySpan<byte> type)
    {
        while (true)
        {
            var at = _stream.Position;
            if (!TryHead(out var found, out var length))
            {
                return null;
            }
            if (found == BinaryPrimitives.ReadUInt32BigEndian(type))
            {
                if (length > MaxBox)
                {
                    throw new SourceException(SourceFailure.Protocol, "The index of this MP4 file is too large.");
                }
                var box = new byte[length];
                _stream.Position = at;
                return _stream.ReadAtLeast(box, box.Length, throwOnEndOfStream: false) == box.Length ? box : null;
            }
            _stream.Position = at + length;
        }
    }

    // Type and whole length of the box here; the position is behind its first bytes then.
    private bool TryHead(out uint type, out long length)
    {
        (type, length) = (0, 0);
        var at = _stream.Position;
        Span<byte> head = stackalloc byte[16];
        var read = _stream.ReadAtLeast(head, 16, throwOnEndOfStream: false);
        if (read < 8)
        {
            return false;
        }
        length = BinaryPrimitives.ReadUInt32BigEndian(head);
        type = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        length = length switch
        {
            0 => _stream.Length - at,
            1 when read == 16 => BinaryPrimitives.ReadInt64BigEndian(head[8..]),
            _ => length,
        };
        return length >= 8 && length <= _stream.Length - at;
    }

    private void Grow(int length)
    {
        if (_raw.Length < length)
        {
            _raw = new byte[length * 2];
        }
    }
}
