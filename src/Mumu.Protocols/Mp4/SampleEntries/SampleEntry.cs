// What describes the samples of a track in its initialization segment.
namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>A sample entry (ISO 14496-12 §8.5.2).</summary>
internal abstract class SampleEntry
{
    public abstract string CodecString { get; }

    public int Width { get; protected init; }

    public int Height { get; protected init; }

    public int Channels { get; protected init; }

    public int? ReorderDepth { get; protected init; }

    public abstract void Write(BoxWriter writer);

    /// <summary>Opens a visual entry, up to its configuration.</summary>
    protected void OpenVisual(BoxWriter writer, ReadOnlySpan<byte> type)
    {
        writer.Open(type);
        writer.Zeros(6);
        writer.U16(1); // data_reference_index
        writer.Zeros(16);
        writer.U16(Width);
        writer.U16(Height);
        writer.U32(0x00480000); // 72 dpi
        writer.U32(0x00480000);
        writer.U32(0);
        writer.U16(1); // frame_count
        writer.Zeros(32); // compressorname
        writer.U16(0x18);
        writer.U16(0xFFFF);
    }

    /// <summary>Opens an audio entry, up to its configuration. Rates above 65535 do not fit and stand as 0; the configuration has them.</summary>
    protected void OpenAudio(BoxWriter writer, ReadOnlySpan<byte> type, int sampleRate)
    {
        writer.Open(type);
        writer.Zeros(6);
        writer.U16(1); // data_reference_index
        writer.Zeros(8);
        writer.U16(Channels);
        writer.U16(16);
        writer.U32(0);
        writer.U32(sampleRate <= 0xFFFF ? (uint)sampleRate << 16 : 0);
    }
}
