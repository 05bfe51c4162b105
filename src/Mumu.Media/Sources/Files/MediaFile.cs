// A media file that is read from front to back.
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Files;

/// <summary>A unit of a file.</summary>
/// <param name="Track">Index of its track.</param>
/// <param name="Time">Presentation time in ticks of the track's clock, counted from the file's beginning.</param>
/// <param name="Due">When it is decoded, in seconds from the file's beginning.</param>
/// <param name="End">When it has been shown or heard, in seconds.</param>
/// <param name="IsKeyFrame">True where decoding can start.</param>
/// <param name="Data">Its bytes, valid until the next is read.</param>
internal readonly record struct FileUnit(int Track, long Time, double Due, double End, bool IsKeyFrame, ReadOnlyMemory<byte> Data);

/// <summary>What files of all kinds have in common.</summary>
internal abstract class MediaFile : IDisposable
{
    /// <summary>The tracks; none if the file has none that can be used.</summary>
    public abstract IReadOnlyList<TrackFormat> Tracks { get; }

    /// <summary>Gives the next unit, in decoding order over all tracks; false at the end.</summary>
    /// <exception cref="SourceException">The file is damaged.</exception>
    public abstract bool TryRead(out FileUnit unit);

    public abstract void Dispose();

    /// <summary>Opens a file by the ending of its name.</summary>
    /// <exception cref="SourceException">It is not what its name says.</exception>
    public static MediaFile Open(FileStream stream)
    {
        var isTransport = Path.GetExtension(stream.Name).ToLowerInvariant() is ".ts" or ".m2ts" or ".mts";
        return isTransport ? new TsFile(stream) : new Mp4File(stream);
    }
}
