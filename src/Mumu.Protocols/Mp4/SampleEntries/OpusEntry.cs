// Opus in MP4: Opus with a dOps.
namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>An OpusSampleEntry (Encapsulation of Opus in ISO Base Media File Format §4.3).</summary>
internal sealed class OpusEntry : SampleEntry
{
    private const int SampleRate = 48_000;

    public OpusEntry(int channels) => Channels = channels;

    public override string CodecString => "opus";

    public override void Write(BoxWriter writer)
    {
        OpenAudio(writer, "Opus"u8, SampleRate);
        writer.Open("dOps"u8);
        writer.U8(0);
        writer.U8(Channels);
        writer.U16(0); // PreSkip: a live stream is entered where it is
        writer.U32(SampleRate);
        writer.U16(0);
        writer.U8(0); // mono or stereo, no mapping table
        writer.Close();
        writer.Close();
    }
}
