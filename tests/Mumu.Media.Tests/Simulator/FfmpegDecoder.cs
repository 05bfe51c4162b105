// ffmpeg as an independent decoder: what do others see in our H.264?
using System.Diagnostics;
using System.Security.Cryptography;

namespace Mumu.Media.Tests.Simulator;

/// <summary>Decodes Annex B H.264 and hashes each picture. Tests that need it are skipped where it isn't installed, unless MUMU_TEST_STRICT=1.</summary>
internal static class FfmpegDecoder
{
    public static void Require()
    {
        var isInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")));
        Assert.SkipUnless(isInstalled || Environment.GetEnvironmentVariable("MUMU_TEST_STRICT") == "1", "ffmpeg is not installed");
    }

    /// <summary>Runs ffmpeg over a stream and returns the SHA-256 of every picture as planar 4:2:0, in order.</summary>
    public static async Task<List<string>> HashPicturesAsync(byte[] annexB, int width, int height, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-v",
            "error",
            "-f",
            "h264",
            "-i",
            "pipe:0",
            "-fps_mode",
            "passthrough",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "yuv420p",
            "pipe:1",
        ];
        using var ffmpeg = Process.Start(
            new ProcessStartInfo("ffmpeg", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var complaints = ffmpeg.StandardError.ReadToEndAsync(cancellation);
        var feeding = FeedAsync(ffmpeg, annexB, cancellation);
        var hashes = new List<string>();
        var picture = new byte[width * height * 3 / 2];
        while (
            await ffmpeg.StandardOutput.BaseStream.ReadAtLeastAsync(picture, picture.Length, throwOnEndOfStream: false, cancellation)
            == picture.Length
        )
        {
            hashes.Add(Convert.ToHexStringLower(SHA256.HashData(picture)));
        }
        await feeding;
        await ffmpeg.WaitForExitAsync(cancellation);
        Assert.Equal("", await complaints);
        Assert.Equal(0, ffmpeg.ExitCode);
        return hashes;
    }

    private static async Task FeedAsync(Process ffmpeg, byte[] annexB, CancellationToken cancellation)
    {
        await ffmpeg.StandardInput.BaseStream.WriteAsync(annexB, cancellation);
        ffmpeg.StandardInput.Close();
    }
}
