// Real footage: the H.264 of opencv-doc's box.mp4 and the surveillance camera of its vtest.avi.
using System.Diagnostics;
using System.IO.Compression;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.Rtsp;

/// <summary>The files, unpacked once, and the slices that box.mp4 holds in their order.</summary>
public sealed class Footage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mumu-footage-").FullName;

    public Footage()
    {
        // Readable for the servers that refuse to run as root.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        }
        Box = Path.Combine(_folder, "box.mp4");
        using (var packed = new GZipStream(File.OpenRead(Find("box.mp4.gz")), CompressionMode.Decompress))
        using (var file = File.Create(Box))
        {
            packed.CopyTo(file);
        }
        Street = Find("vtest.avi");
        BoxSlices = [.. Slices(RunFfmpeg("-i", Box, "-an", "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "-"))];
        Assert.True(BoxSlices.Length > 400);
    }

    /// <summary>15 s of 640×480 H.264 High with B pictures.</summary>
    internal string Box { get; }

    /// <summary>80 s of a street, 768×576 at 10 a second, MPEG-4: servers re-encode it.</summary>
    internal string Street { get; }

    /// <summary>Hashes of the slices of <see cref="Box"/>.</summary>
    internal string[] BoxSlices { get; }

    /// <summary>Hashes of the slices among length-prefixed NAL units.</summary>
    internal static IEnumerable<string> SlicesOf(byte[] unit)
    {
        var stream = (byte[])unit.Clone();
        Assert.True(AnnexB.TryConvertFromLengths(stream));
        return Slices(stream);
    }

    /// <summary>Decodes an elementary stream and returns how many pictures came out; fails on any complaint of the decoder.</summary>
    internal int Decode(IEnumerable<byte[]> units, string format)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.{format}");
        using (var file = File.Create(path))
        {
            foreach (var unit in units)
            {
                var stream = (byte[])unit.Clone();
                Assert.True(AnnexB.TryConvertFromLengths(stream));
                file.Write(stream);
            }
        }
        var text = System.Text.Encoding.ASCII.GetString(RunFfmpeg("-xerror", "-f", format, "-i", path, "-f", "framemd5", "-"));
        return text.Split('\n').Count(line => line.StartsWith("0,", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<string> Slices(byte[] stream)
    {
        var slices = new List<string>();
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal))
        {
            if (NalHeader.H264Type(nal) is H264NalType.Slice or H264NalType.IdrSlice)
            {
                slices.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(nal)));
            }
        }
        return slices;
    }

    internal static byte[] RunFfmpeg(params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find("ffmpeg", "ffmpeg"), ["-nostdin", "-v", "error", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.ToArray();
    }

    private static string Find(string name)
    {
        var found = Directory.Exists("/usr/share/doc/opencv-doc")
            ? Directory.EnumerateFiles("/usr/share/doc/opencv-doc/", name, SearchOption.AllDirectories).FirstOrDefault()
            : null;
        Assert.True(found is not null, $"The footage {name} is missing: install the Debian package opencv-doc.");
        return found;
    }
}
