// A low-latency HLS player that checks every playlist and keeps every sample.
using Mumu.Media.Sources.Simulator;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.Tests.Hls;

namespace Mumu.Agent.Tests.Hls;

/// <summary>A sample that was read, with its time in seconds.</summary>
internal sealed record ReadSample(bool IsVideo, double Time, bool IsKey, byte[] Data);

/// <summary>Follows one rendition: waits for each part by a blocking reload, asks for the hinted one before it is there.</summary>
internal sealed class LowLatencyClient(HttpClient http, string folder, string rendition)
{
    private readonly PlaylistChecker _full = new();
    private readonly PlaylistChecker _delta = new();
    private readonly Dictionary<string, Mp4FragmentReader> _maps = [];
    private readonly HashSet<string> _read = [];

    public List<ReadSample> Samples { get; } = [];

    public List<string> Maps { get; } = [];

    public int Discontinuities => _full.Last!.Segments.Count(s => s.IsDiscontinuous);

    public int Hints { get; private set; }

    public CheckedPlaylist Last => _full.Last!;

    /// <summary>Reads the session's folder out of a multivariant playlist.</summary>
    public static async Task<(string Folder, string Text)> OpenAsync(HttpClient http, string index)
    {
        var text = await http.GetStringAsync(index, TestContext.Current.CancellationToken);
        var uri = text.Split('\n').Last(l => l.Length > 0 && l[0] != '#');
        return ($"{index.Split("index.m3u8")[0]}{uri[..(uri.LastIndexOf('/') + 1)]}", text);
    }

    /// <summary>Reads until so many samples are there.</summary>
    public async Task ReadAsync(int samples, Func<bool>? until = null)
    {
        while (Samples.Count < samples || until?.Invoke() == false)
        {
            await StepAsync();
        }
    }

    /// <summary>The simulator's pictures from one index up to another are whole, and none is missing between them.</summary>
    public void AssertLedger(int from, int to)
    {
        long? last = null;
        foreach (var sample in Samples[from..to])
        {
            Assert.True(SimulatorStamp.TryRead(sample.Data, out var stamp), "a picture has no stamp");
            Assert.True(stamp.Matches(sample.Data), $"picture {stamp.Frame} was changed");
            Assert.True(last is null || stamp.Frame == last + 1, $"picture {stamp.Frame} follows {last}");
            last = stamp.Frame;
        }
    }

    public async Task StepAsync()
    {
        var query = "";
        Task<byte[]>? hinted = null;
        if (_full.Last is { } last)
        {
            var open = last.Segments[^1];
            var part = open.IsComplete ? 0 : open.Parts.Count;
            query = $"?_HLS_msn={(open.IsComplete ? open.Number + 1 : open.Number)}&_HLS_part={part}";
            hinted = BytesAsync(last.Hint);
        }
        var text = await GetAsync($"{rendition}.m3u8{query}");
        var list = _full.Check(text);
        _delta.Check(_delta.Last is null ? text : await GetAsync($"{rendition}.m3u8{query}&_HLS_skip=YES"));
        foreach (var segment in list.Segments)
        {
            if (!_maps.TryGetValue(segment.Map, out var reader))
            {
                Assert.True(Mp4Movie.TryParse(await BytesAsync(segment.Map), out var movie));
                _maps[segment.Map] = reader = new Mp4FragmentReader(movie);
                Maps.Add(segment.Map);
            }
            var whole = new List<byte>();
            foreach (var part in segment.Parts)
            {
                if (!_read.Add(part.Uri))
                {
                    continue;
                }
                var bytes = await BytesAsync(part.Uri);
                whole.AddRange(bytes);
                var count = Take(reader, bytes);
                Assert.True(
                    count <= 1 || !PlaylistChecker.LongParts(list).Contains(part.Uri),
                    $"{part.Uri} is too long with {count} samples\n{text}"
                );
            }
            if (segment.IsComplete && whole.Count > 0 && segment.Parts.Count > 0 && segment.Number % 4 == 3)
            {
                Assert.EndsWith(
                    Convert.ToHexString([.. whole]),
                    Convert.ToHexString(await BytesAsync(segment.Uri)),
                    StringComparison.Ordinal
                );
            }
        }
        if (hinted is not null)
        {
            Assert.NotEmpty(await hinted);
            Hints++;
        }
    }

    private int Take(Mp4FragmentReader reader, byte[] bytes)
    {
        var samples = new List<Mp4FragmentSample>();
        Assert.True(reader.TryRead(bytes, samples));
        Samples.AddRange(
            samples.Select(s => new ReadSample(
                s.Track.IsVideo,
                (double)(s.DecodeTime + s.CompositionOffset) / s.Track.Timescale,
                s.IsSync,
                bytes[s.Offset..(s.Offset + s.Length)]
            ))
        );
        return samples.Count(s => s.Track.IsVideo);
    }

    private Task<string> GetAsync(string file) => http.GetStringAsync(folder + file, TestContext.Current.CancellationToken);

    private Task<byte[]> BytesAsync(string file) => http.GetByteArrayAsync(folder + file, TestContext.Current.CancellationToken);
}
