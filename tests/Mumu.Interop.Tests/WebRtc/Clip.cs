// Real clips of every video codec, encoded when the tests run.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using Mumu.Interop.Tests.Rtsp;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.WebRtc;

/// <summary>Two seconds of ffmpeg's test picture, a key frame a second.</summary>
internal sealed class Clip
{
    public const int Width = 640;
    public const int Height = 360;
    public const int Fps = 25;
    public const int Group = 25;

    private static readonly ConcurrentDictionary<Codec, Lazy<Clip>> s_clips = new();

    private Clip(Codec codec, IReadOnlyList<byte[]> frames) => (Codec, Frames) = (codec, frames);

    public Codec Codec { get; }

    /// <summary>One a unit, in the form that units have.</summary>
    public IReadOnlyList<byte[]> Frames { get; }

    public static Clip Of(Codec codec) => s_clips.GetOrAdd(codec, one => new Lazy<Clip>(() => Make(one))).Value;

    /// <summary>Decodes frames with ffmpeg and returns the hash of each picture; fails on any complaint.</summary>
    public static string[] Decode(Codec codec, IEnumerable<byte[]> frames)
    {
        var text = System.Text.Encoding.ASCII.GetString(
            RunFfmpeg(Ivf(codec, [.. frames]), "-xerror", "-f", "ivf", "-i", "pipe:0", "-f", "framemd5", "-")
        );
        return
        [
            .. text.Split('\n').Where(line => line.StartsWith("0,", StringComparison.Ordinal)).Select(line => line.Split(',')[^1].Trim()),
        ];
    }

    private static Clip Make(Codec codec)
    {
        string[] encoder = codec switch
        {
            Codec.Vp8 => ["libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-b:v", "1M"],
            Codec.Vp9 => ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-b:v", "1M"],
            _ => ["libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-b:v", "1M"],
        };
        var ivf = RunFfmpeg(
            [],
            [
                "-f",
                "lavfi",
                "-i",
                $"testsrc2=size={Width}x{Height}:rate={Fps}:duration=2",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                .. encoder,
                "-g",
                $"{Group}",
                "-keyint_min",
                $"{Group}",
                "-f",
                "ivf",
                "-",
            ]
        );
        return new Clip(codec, [.. FramesOf(ivf).Select(frame => codec == Codec.Av1 ? WithoutDelimiters(frame) : frame)]);
    }

    private static IEnumerable<byte[]> FramesOf(byte[] ivf)
    {
        for (var at = 32; at < ivf.Length; )
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(ivf.AsSpan(at));
            yield return ivf[(at + 12)..(at + 12 + length)];
            at += 12 + length;
        }
    }

    private static byte[] WithoutDelimiters(byte[] unit)
    {
        var kept = new List<byte>();
        for (var at = 0; Obu.TryRead(unit.AsSpan(at), out var obu, out var length); at += length)
        {
            if (obu.Type != ObuType.TemporalDelimiter)
            {
                kept.AddRange(unit[at..(at + length)]);
            }
        }
        return [.. kept];
    }

    private static byte[] Ivf(Codec codec, byte[][] frames)
    {
        using var file = new MemoryStream();
        var head = new byte[32];
        "DKIF"u8.CopyTo(head);
        head[6] = 32;
        System.Text.Encoding.ASCII.GetBytes(
            codec == Codec.Vp8 ? "VP80"
                : codec == Codec.Vp9 ? "VP90"
                : "AV01",
            head.AsSpan(8)
        );
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(12), Width);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(14), Height);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), Fps);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), 1);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(24), frames.Length);
        file.Write(head);
        for (var i = 0; i < frames.Length; i++)
        {
            byte[] frame = codec == Codec.Av1 ? [0x12, 0, .. frames[i]] : frames[i]; // with the delimiter again
            var before = new byte[12];
            BinaryPrimitives.WriteInt32LittleEndian(before, frame.Length);
            BinaryPrimitives.WriteInt64LittleEndian(before.AsSpan(4), i);
            file.Write(before);
            file.Write(frame);
        }
        return file.ToArray();
    }

    private static byte[] RunFfmpeg(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find("ffmpeg", "ffmpeg"), ["-v", "error", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(async () =>
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feeding.Wait();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.ToArray();
    }
}
