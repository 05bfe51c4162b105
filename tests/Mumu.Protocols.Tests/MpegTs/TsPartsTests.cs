// The small parts of transport streams against known bytes: packets, CRC, sections, PES headers, ADTS, Opus.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.MpegTs;

namespace Mumu.Protocols.Tests.MpegTs;

public sealed class TsPartsTests
{
    [Fact]
    public void The_crc_is_that_of_the_standard() => Assert.Equal(0x0376E6E7u, TsCrc.Compute("123456789"u8));

    [Fact]
    public void A_packet_of_every_wrong_length_is_refused()
    {
        var packet = TsMedia.Show(1).Packets[0];
        Assert.True(TsPacket.TryParse(packet, out _));
        for (var length = 0; length < packet.Length; length++)
        {
            Assert.False(TsPacket.TryParse(packet.AsSpan(0, length), out _));
        }
        Assert.False(TsPacket.TryParse([.. packet, 0], out _));
    }

    [Fact]
    public void The_clock_of_a_packet_is_read_in_full()
    {
        var ts = new TsBuilder();
        const long Clock = ((1L << 33) - 2) * 300 + 299;
        ts.Packet(5, true, new byte[100], Clock, isRandomAccess: true);
        Assert.True(TsPacket.TryParse(ts.Packets[0], out var packet));
        Assert.Equal((5, true, true, 100), (packet.Pid, packet.StartsUnit, packet.IsRandomAccess, packet.Payload.Length));
        Assert.Equal(Clock, packet.Clock);
    }

    [Theory]
    [InlineData(184)] // an adaptation field longer than the packet
    [InlineData(183)] // one that leaves no room for the payload it announces
    public void An_adaptation_field_that_does_not_fit_is_refused(int length)
    {
        var packet = new byte[188];
        (packet[0], packet[3], packet[4]) = (0x47, 0x30, (byte)length);
        Assert.False(TsPacket.TryParse(packet, out _));
    }

    [Fact]
    public void Adts_headers_are_read_and_written_alike()
    {
        var frame = TsMedia.Adts(TsMedia.Sound(1));
        Assert.True(AdtsHeader.TryParse(frame, out var header));
        Assert.Equal((7, 127, 2), (header.HeaderLength, header.FrameLength, header.ObjectType));
        var written = new byte[7];
        Assert.True(AdtsHeader.TryWrite(header.ToConfiguration(), 120, written));
        Assert.Equal(frame[..7], written);
        Assert.True(AacConfiguration.TryParse(header.ToConfiguration(), out var configuration));
        Assert.Equal((2, 48_000, 2), (configuration.ObjectType, configuration.SampleRate, configuration.Channels));
        Assert.False(AdtsHeader.TryWrite(header.ToConfiguration(), 8_190, written));
        Assert.False(AdtsHeader.TryWrite([], 10, written));
        for (var length = 0; length < 7; length++)
        {
            Assert.False(AdtsHeader.TryParse(frame.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData("F8", 960)] // CELT, 20 ms
    [InlineData("E0", 120)] // CELT, 2.5 ms
    [InlineData("F9", 1_920)] // two frames
    [InlineData("FB03", 2_880)] // three frames
    [InlineData("18", 2_880)] // SILK, 60 ms
    [InlineData("08", 960)] // SILK, 20 ms
    [InlineData("68", 960)] // hybrid, 20 ms
    public void Opus_packets_tell_their_length(string hex, int samples)
    {
        Assert.True(OpusPacket.TryGetSamples(Convert.FromHexString(hex), out var found));
        Assert.Equal(samples, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("FB")] // no frame count
    [InlineData("FB00")] // no frames
    [InlineData("FB3F")] // more than 120 ms
    public void What_is_no_opus_packet_is_refused(string hex) => Assert.False(OpusPacket.TryGetSamples(Convert.FromHexString(hex), out _));
}
