// What the MP4 writer writes the reader reads again; damaged files are refused without harm.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.Tests.Codecs;
using Mumu.Protocols.Tests.Rtp;

namespace Mumu.Protocols.Tests.Mp4;

public sealed class Mp4Tests
{
    private static readonly byte[] Pps = RealParameterSets.Bytes(RealParameterSets.CavlcPps);

    private static byte[] Units(params byte[][] nals) =>
        [.. nals.SelectMany(n => new byte[] { 0, 0, (byte)(n.Length >> 8), (byte)n.Length }.Concat(n))];

    private static Mp4Track H264(int id = 1) =>
        Mp4Track.TryCreate(id, Codec.H264, 90_000, 0, Units(RealParameterSets.Bytes(RealParameterSets.Main1080At25), Pps), out var track)
            ? track
            : throw new InvalidOperationException();

    private static Mp4Track Aac(int id = 2) =>
        Mp4Track.TryCreate(id, Codec.Aac, 48_000, 2, [0x11, 0x90], out var track) ? track : throw new InvalidOperationException();

    [Fact]
    public void Codec_strings_are_those_of_RFC_6381()
    {
        Assert.Equal("avc1.4d4028", H264().CodecString);
        Assert.Equal("mp4a.40.2", Aac().CodecString);
        Assert.True(Mp4Track.TryCreate(1, Codec.Opus, 48_000, 2, [], out var opus));
        Assert.Equal("opus", opus.CodecString);
        byte[] vps = [0x40, 0x01, 0x0C];
        byte[] pps = [0x44, 0x01, 0xC1];
        var h265 = Units(vps, RealParameterSets.Bytes(RealParameterSets.H265Main1080), pps);
        Assert.True(Mp4Track.TryCreate(1, Codec.H265, 90_000, 0, h265, out var hevc));
        Assert.Equal(("hvc1.1.6.L120.90", 1920, 1080), (hevc.CodecString, hevc.Width, hevc.Height));
        var main10 = Units(vps, RealParameterSets.Bytes(RealParameterSets.H265Main10Of1366x768), pps);
        Assert.True(Mp4Track.TryCreate(1, Codec.H265, 90_000, 0, main10, out hevc));
        Assert.Equal("hvc1.2.4.L120.90", hevc.CodecString);
    }

    [Theory]
    [InlineData(Codec.Pcma)]
    [InlineData(Codec.Pcmu)]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Unknown)]
    [InlineData(Codec.H264)] // without parameter sets nobody can play it
    [InlineData(Codec.H265)]
    [InlineData(Codec.Av1)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Aac)]
    public void What_cannot_be_carried_is_no_track(Codec codec) => Assert.False(Mp4Track.TryCreate(1, codec, 8_000, 1, [], out _));

    [Fact]
    public void An_initialization_segment_is_read_again()
    {
        Assert.True(Mp4Movie.TryParse(Mp4Initialization.Write([H264(), Aac()]), out var movie));
        var (video, audio) = (movie.Tracks[0], movie.Tracks[1]);
        Assert.Equal((1u, 90_000, true, Codec.H264, 4), (video.Id, video.Timescale, video.IsVideo, video.Codec, video.NalLengthSize));
        Assert.Equal(Units(RealParameterSets.Bytes(RealParameterSets.Main1080At25), Pps), video.Configuration.ToArray());
        Assert.Equal((2u, 48_000, false, Codec.Aac, 2), (audio.Id, audio.Timescale, audio.IsVideo, audio.Codec, audio.Channels));
        Assert.Equal([0x11, 0x90], audio.Configuration.ToArray());
    }

    private static byte[] Fragment()
    {
        var writer = new Mp4FragmentWriter();
        writer.Begin(7);
        writer.AddRun(H264(), 1L << 40, [new(3, 3000, 6000, true), new(2, 3600, -3000, false)]);
        writer.AddRun(Aac(), 48_000, [new(1, 1024, 0, true)]);
        return [.. writer.End(), 1, 2, 3, 4, 5, 6];
    }

    [Fact]
    public void A_fragment_is_read_again()
    {
        Assert.True(Mp4Movie.TryParse(Mp4Initialization.Write([H264(), Aac()]), out var movie));
        var fragment = Fragment();
        var samples = new List<Mp4FragmentSample>();
        Assert.True(new Mp4FragmentReader(movie).TryRead(fragment, samples));
        Assert.Equal(
            [
                (1u, 1L << 40, 6000, 3000u, true, "010203"),
                (1u, (1L << 40) + 3000, -3000, 3600u, false, "0405"),
                (2u, 48_000L, 0, 1024u, true, "06"),
            ],
            samples.Select(s =>
                (
                    s.Track.Id,
                    s.DecodeTime,
                    s.CompositionOffset,
                    s.Duration,
                    s.IsSync,
                    Convert.ToHexString(fragment.AsSpan(s.Offset, s.Length))
                )
            )
        );
    }

    [Fact]
    public void Damage_is_refused_or_stays_within_the_bytes()
    {
        var init = Mp4Initialization.Write([H264(), Aac()]);
        foreach (var bytes in Mutations.Of(init, 20_000))
        {
            _ = Mp4Movie.TryParse(bytes, out _);
        }
        Assert.True(Mp4Movie.TryParse(init, out var movie));
        var samples = new List<Mp4FragmentSample>();
        foreach (var bytes in Mutations.Of(Fragment(), 20_000))
        {
            samples.Clear();
            new Mp4FragmentReader(movie).TryRead(bytes, samples);
            Assert.All(samples, s => Assert.True(s.Offset >= 0 && s.Offset + s.Length <= bytes.Length));
        }
    }

    [Fact]
    public void A_run_of_samples_without_bytes_costs_little()
    {
        // trun with 2³²−1 samples and no field for any of them.
        var fragment = Convert.FromHexString(
            "0000003c6d6f6f66"
                + "0000003474726166"
                + "0000001074666864"
                + "0000000000000001"
                + "00000014"
                + "7472756e"
                + "00000001"
                + "ffffffff"
                + "00000000"
                + "00000008"
                + "66726565"
        );
        Assert.True(Mp4Movie.TryParse(Mp4Initialization.Write([H264()]), out var movie));
        var samples = new List<Mp4FragmentSample>();
        Assert.False(new Mp4FragmentReader(movie).TryRead(fragment, samples));
        Assert.Empty(samples);
    }

    [Fact]
    public void Samples_bear_no_parameter_sets_of_their_key_frame()
    {
        byte[] aud = [9, 0xF0];
        byte[] idr = [0x65, 1, 2, 3];
        byte[] sei = [6, 5, 1, 0];
        var unit = Units(aud, RealParameterSets.Bytes(RealParameterSets.Main1080At25), Pps, sei, idr);
        var sample = new byte[Mp4SampleData.Measure(Codec.H264, unit, true)];
        Assert.Equal(sample.Length, Mp4SampleData.Copy(Codec.H264, unit, true, sample));
        Assert.Equal(Units(sei, idr), sample);
        Assert.Equal(Units(Pps, idr).Length, Mp4SampleData.Measure(Codec.H264, Units(aud, Pps, idr), false));
        Assert.Equal(unit.Length, Mp4SampleData.Measure(Codec.Av1, unit, true));
    }
}
