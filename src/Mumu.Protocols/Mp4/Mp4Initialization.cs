// The initialization segment: what a player must know before the first fragment.
namespace Mumu.Protocols.Mp4;

/// <summary>Writes <c>ftyp</c> and <c>moov</c> of a fragmented file (ISO 14496-12 §8.8, CMAF §7.3.1).</summary>
public static class Mp4Initialization
{
    private const uint SyncFlags = 0x02000000; // depends on no other
    private const uint NonSyncFlags = 0x01010000; // depends on others, is no sync sample

    /// <summary>Flags of a sample, as fragments repeat them.</summary>
    internal static uint Flags(bool isSync) => isSync ? SyncFlags : NonSyncFlags;

    /// <summary>Makes the segment.</summary>
    /// <param name="tracks">The tracks, 1 to 8, each with a number of its own.</param>
    /// <exception cref="ArgumentException">There are none or too many.</exception>
    public static byte[] Write(IReadOnlyList<Mp4Track> tracks)
    {
        if (tracks.Count is 0 or > 8)
        {
            throw new ArgumentException("A file has 1 to 8 tracks.", nameof(tracks));
        }
        var writer = new BoxWriter();
        writer.Open("ftyp"u8);
        writer.Bytes("iso6"u8);
        writer.U32(0);
        writer.Bytes("iso6mp41"u8);
        if (tracks.Count == 1)
        {
            writer.Bytes("cmfc"u8); // CMAF wants one track a file
        }
        writer.Close();
        writer.Open("moov"u8);
        writer.Open("mvhd"u8, 0, 0);
        writer.Zeros(8);
        writer.U32(1000); // timescale of the movie, which has no length of its own
        writer.U32(0);
        writer.U32(0x00010000); // rate
        writer.U16(0x0100); // volume
        writer.Zeros(10);
        Matrix(writer);
        writer.Zeros(24);
        writer.U32((uint)tracks.Max(t => t.Id) + 1);
        writer.Close();
        foreach (var track in tracks)
        {
            WriteTrack(writer, track);
        }
        writer.Open("mvex"u8);
        foreach (var track in tracks)
        {
            writer.Open("trex"u8, 0, 0);
            writer.U32((uint)track.Id);
            writer.U32(1);
            writer.U32(0);
            writer.U32(0);
            writer.U32(Flags(isSync: !track.IsVideo));
            writer.Close();
        }
        writer.Close();
        writer.Close();
        return writer.Written.ToArray();
    }

    private static void WriteTrack(BoxWriter writer, Mp4Track track)
    {
        writer.Open("trak"u8);
        writer.Open("tkhd"u8, 0, 3); // enabled, in the movie
        writer.Zeros(8);
        writer.U32((uint)track.Id);
        writer.Zeros(4 + 4 + 8 + 2 + 2);
        writer.U16(track.IsVideo ? 0 : 0x0100);
        writer.U16(0);
        Matrix(writer);
        writer.U32((uint)track.Width << 16);
        writer.U32((uint)track.Height << 16);
        writer.Close();
        writer.Open("mdia"u8);
        writer.Open("mdhd"u8, 0, 0);
        writer.Zeros(8);
        writer.U32((uint)track.Timescale);
        writer.U32(0);
        writer.U16(0x55C4); // und
        writer.U16(0);
        writer.Close();
        writer.Open("hdlr"u8, 0, 0);
        writer.U32(0);
        writer.Bytes(track.IsVideo ? "vide"u8 : "soun"u8);
        writer.Zeros(12 + 1);
        writer.Close();
        writer.Open("minf"u8);
        if (track.IsVideo)
        {
            writer.Open("vmhd"u8, 0, 1);
            writer.Zeros(8);
        }
        else
        {
            writer.Open("smhd"u8, 0, 0);
            writer.Zeros(4);
        }
        writer.Close();
        writer.Open("dinf"u8);
        writer.Open("dref"u8, 0, 0);
        writer.U32(1);
        writer.Open("url "u8, 0, 1); // in this file
        writer.Close();
        writer.Close();
        writer.Close();
        WriteTable(writer, track);
        writer.Close();
        writer.Close();
        writer.Close();
    }

    private static void WriteTable(BoxWriter writer, Mp4Track track)
    {
        writer.Open("stbl"u8);
        writer.Open("stsd"u8, 0, 0);
        writer.U32(1);
        track.Entry.Write(writer);
        writer.Close();
        writer.Open("stts"u8, 0, 0);
        writer.U32(0);
        writer.Close();
        writer.Open("stsc"u8, 0, 0);
        writer.U32(0);
        writer.Close();
        writer.Open("stsz"u8, 0, 0);
        writer.U64(0);
        writer.Close();
        writer.Open("stco"u8, 0, 0);
        writer.U32(0);
        writer.Close();
        writer.Close();
    }

    private static void Matrix(BoxWriter writer)
    {
        ReadOnlySpan<uint> unity = [0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000];
        foreach (var value in unity)
        {
            writer.U32(value);
        }
    }
}
