// What readers got, held against what publishers sent.
using System.Buffers.Binary;
using Mumu.Interop.Tests.Rtsp;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.RtspServer;

internal static class Ledger
{
    /// <summary>The slices of the footage came untouched and without a hole, and time moves as the pictures do.</summary>
    internal static void AssertIsBox(Footage footage, List<Collected> got)
    {
        Assert.True(got[0].IsKeyFrame);
        var slices = got.SelectMany(unit => Footage.SlicesOf(unit.Data)).ToArray();
        var start = Array.IndexOf(footage.BoxSlices, slices[0]);
        Assert.True(start >= 0, "The first picture is not of this footage.");
        for (var i = 0; i < slices.Length; i++)
        {
            Assert.Equal((i, footage.BoxSlices[(start + i) % footage.BoxSlices.Length]), (i, slices[i]));
        }
        var times = got.Select(unit => unit.Timestamp).Order().ToArray();
        Assert.Equal(times.Distinct().Count(), times.Length);
    }

    /// <summary>The simulator's pictures, whole and in order: each has a stamp in front, its number and the hash of its slice.</summary>
    internal static void AssertIsSimulator(byte[] stream, int least)
    {
        var unit = new List<byte>();
        long? last = null;
        var count = 0;
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal))
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, nal.Length);
            unit.AddRange(length);
            unit.AddRange(nal);
            if (NalHeader.H264Type(nal) is not (H264NalType.Slice or H264NalType.IdrSlice))
            {
                continue;
            }
            var whole = unit.ToArray();
            unit.Clear();
            Assert.True(SimulatorStamp.TryRead(whole, out var stamp), $"picture {count} has no stamp");
            Assert.True(stamp.Matches(whole), $"picture {stamp.Frame} was changed");
            Assert.True(last is null || stamp.Frame == last + 1, $"picture {stamp.Frame} follows {last}");
            last = stamp.Frame;
            count++;
        }
        Assert.True(count >= least, $"{count} pictures");
    }

    /// <summary>
    /// Clicks of A-law sound are within 40 ms of the white pictures at every full second: those are the key frames, as they differ from both neighbours. Clicks before <paramref name="from"/> seconds do not
    /// count. Returns what was measured, in ms.
    /// </summary>
    internal static List<double> AssertSoundIsWithPicture(CollectingSink sink, double from = 0)
    {
        var keys = sink.Of(MediaKind.Video).Where(u => u.IsKeyFrame).Select(u => u.Timestamp / 90_000.0).ToList();
        var clicks = Clicks([.. sink.Of(MediaKind.Audio)]);
        Assert.True(clicks.Count >= 3, $"{clicks.Count} clicks were heard");
        var off = new List<double>();
        foreach (var click in clicks.Skip(1).Where(c => c > Math.Max(from, keys[0]) && c < keys[^1] + 0.5))
        {
            var distance = click - keys.MinBy(k => Math.Abs(k - click));
            off.Add(distance * 1000);
            Assert.True(
                Math.Abs(distance) < 0.04,
                $"the click at {click:F3} s is {distance * 1000:F0} ms from its picture; all: {string.Join(' ', off)}"
            );
        }
        Assert.NotEmpty(off);
        return off;
    }

    // Where silence ends, to the sample.
    private static List<double> Clicks(List<Collected> sound)
    {
        var found = new List<double>();
        var wasQuiet = false;
        foreach (var unit in sound)
        {
            for (var i = 0; i < unit.Data.Length; i++)
            {
                var isQuiet = ((unit.Data[i] ^ 0x55) & 0x7F) < 0x20; // A-law, exponent below 2
                if (!isQuiet && wasQuiet && (found.Count == 0 || (unit.Timestamp + i) / 8000.0 - found[^1] > 0.5))
                {
                    found.Add((unit.Timestamp + i) / 8000.0);
                }
                wasQuiet = isQuiet;
            }
        }
        return found;
    }
}
