// Clips that ffmpeg made, and a source that plays them.
using System.Diagnostics;
using Mumu.Media.Sources.MpegTs;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Transcoding;

/// <summary>A transport stream with a flash and a beep of 100 ms at every full second, six seconds long.</summary>
internal static class Clip
{
    public static byte[] Make(params string[] encoders)
    {
        const string picture = "color=black:size=320x240:rate=25,drawbox=t=fill:color=white:enable='lt(mod(t,1),0.1)'";
        const string sound = "aevalsrc='if(lt(mod(t,1),0.1),sin(2*PI*1000*t),0)':s=48000";
        return Run(
            null,
            [
                "-f",
                "lavfi",
                "-i",
                picture,
                "-f",
                "lavfi",
                "-i",
                sound,
                "-t",
                "6",
                "-pix_fmt",
                "yuv420p",
                .. encoders,
                "-f",
                "mpegts",
                "pipe:1",
            ]
        );
    }

    /// <summary>Runs ffmpeg with this input and gives its output.</summary>
    public static byte[] Run(byte[]? input, params string[] arguments)
    {
        var program = FfmpegProgram.Find();
        Assert.True(program is not null, "ffmpeg is missing: install the Debian package ffmpeg.");
        var start = new ProcessStartInfo(program, ["-hide_banner", "-nostdin", "-v", "error", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input ?? []);
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

/// <summary>Plays a clip several times faster than life, then keeps still.</summary>
internal sealed class ClipSource(byte[] clip) : ISource
{
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var intake = new TsIntake(sink);
        var start = TimeProvider.System.GetElapsedTime(0);
        for (var at = 0; at < clip.Length; at += 1_880)
        {
            intake.Receive(clip.AsSpan(at, Math.Min(1_880, clip.Length - at)), start + TimeSpan.FromSeconds(6.0 * at / clip.Length));
            await Task.Delay(2, cancellation);
        }
        intake.Flush(start + TimeSpan.FromSeconds(6));
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    public void RequestKeyFrame() { }
}
