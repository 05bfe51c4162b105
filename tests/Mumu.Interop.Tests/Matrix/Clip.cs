// A clip whose every frame is known by its hash.
using Mumu.Interop.Tests.RtspServer;

namespace Mumu.Interop.Tests.Matrix;

/// <summary>One clip for each pair of formats: 40 s at 25 pictures a second, noise for sound so that no two frames are alike. Made once for all tests.</summary>
public sealed class Clips : IAsyncLifetime
{
    private const int Seconds = 40;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mumu-matrix-");
    private readonly Dictionary<Formats, Clip> _clips = [];

    internal Clip this[Formats formats] => _clips[formats];

    /// <summary>Where the clips are, and where readers may put what they got.</summary>
    internal string Folder => _folder.FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (var formats in Enum.GetValues<Formats>())
        {
            string[] picture =
                formats == Formats.H265Aac
                    ?
                    [
                        "-c:v",
                        "libx265",
                        "-preset",
                        "ultrafast",
                        "-x265-params",
                        "log-level=error:bframes=0:keyint=25:min-keyint=25",
                        "-tag:v",
                        "hvc1",
                    ]
                    : ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-bf", "0", "-g", "25"];
            string[] sound = formats == Formats.H264Opus ? ["-c:a", "libopus"] : ["-c:a", "aac"];
            var path = Path.Combine(Folder, $"{formats}.mp4");
            await using var maker = MediaProgram.Ffmpeg([
                .. "-f lavfi -i testsrc2=s=480x270:r=25 -f lavfi -i anoisesrc=seed=1:amplitude=0.2:sample_rate=48000".Split(' '),
                "-t",
                $"{Seconds}",
                .. picture,
                .. "-b:v 600k -pix_fmt yuv420p".Split(' '),
                .. sound,
                .. "-b:a 64k -ac 2".Split(' '),
                path,
            ]);
            await maker.DoneAsync();
            _clips[formats] = new Clip(path, await Recording.OfFileAsync(path, formats));
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A clip and its frames.</summary>
internal sealed record Clip(string Path, Recording Frames);
