// NAL units behind lengths and behind start codes.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class NalTests
{
    private static readonly byte[] Unit = [0, 0, 0, 2, 0x67, 1, 0, 0, 0, 1, 0x68, 0, 0, 0, 3, 0x65, 7, 8];

    [Fact]
    public void Lengths_are_walked_to_the_end()
    {
        Assert.Equal(["6701", "68", "650708"], ReadLengths(Unit, out var isMalformed));
        Assert.False(isMalformed);
    }

    [Fact]
    public void A_cut_unit_is_malformed_unless_it_is_cut_between_nal_units()
    {
        int[] whole = [0, 6, 11, 18];
        for (var length = 0; length <= Unit.Length; length++)
        {
            ReadLengths(Unit.AsSpan(0, length), out var isMalformed);
            Assert.Equal(!whole.Contains(length), isMalformed);
        }
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("0000000065")]
    [InlineData("ffffffff65")]
    [InlineData("7fffffff65")]
    [InlineData("0000000265")]
    public void Lengths_that_do_not_fit_are_malformed(string hex)
    {
        Assert.Empty(ReadLengths(Convert.FromHexString(hex), out var isMalformed));
        Assert.True(isMalformed);
        Assert.False(AnnexB.TryConvertFromLengths(Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("00000001 6701 000001 68 00000001 650708", new[] { "6701", "68", "650708" })]
    [InlineData("00000001 6701 000000 000001 68 0000", new[] { "6701", "68" })]
    [InlineData("ff 000001 67", new[] { "67" })]
    [InlineData("000001 000001 000001 67", new[] { "67" })]
    [InlineData("6701", new string[0])]
    [InlineData("000001", new string[0])]
    [InlineData("", new string[0])]
    public void Start_codes_are_walked(string hex, string[] expected)
    {
        var stream = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var found = new List<string>();
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out var nal))
        {
            found.Add(Convert.ToHexStringLower(nal));
        }
        Assert.Equal(expected, found);
        var lengths = new byte[AnnexB.MeasureLengths(stream)];
        Assert.Equal(lengths.Length, AnnexB.ConvertToLengths(stream, lengths));
        Assert.Equal(expected, ReadLengths(lengths, out _));
    }

    [Fact]
    public void Lengths_become_start_codes_in_place()
    {
        var unit = Unit.ToArray();
        Assert.True(AnnexB.TryConvertFromLengths(unit));
        Assert.Equal("0000000167010000000168" + "00000001650708", Convert.ToHexStringLower(unit));
    }

    [Fact]
    public void Damaged_units_end_the_walk_and_nothing_else()
    {
        var random = new Random(3);
        for (var round = 0; round < 10_000; round++)
        {
            var unit = Unit.ToArray();
            unit[random.Next(unit.Length)] = (byte)random.Next(256);
            unit[random.Next(unit.Length)] ^= (byte)(1 << random.Next(8));
            Assert.True(ReadLengths(unit, out _).Count <= unit.Length / 5);
            AnnexB.ConvertToLengths(unit, new byte[AnnexB.MeasureLengths(unit)]);
            AnnexB.TryConvertFromLengths(unit);
        }
    }

    [Fact]
    public void Parameter_sets_are_collected_from_an_access_unit()
    {
        var found = new byte[ParameterSets.MaxLength];
        var length = ParameterSets.Collect(Codec.H264, Unit, found);
        Assert.Equal("0000000267010000000168", Convert.ToHexStringLower(found.AsSpan(0, length)));
        Assert.Equal(0, ParameterSets.Collect(Codec.H264, Unit, new byte[8]));
        Assert.Equal(0, ParameterSets.Collect(Codec.Opus, Unit, found));
    }

    [Fact]
    public void Size_and_profile_are_found_among_parameter_sets()
    {
        byte[] units =
        [
            0,
            0,
            0,
            5,
            .. RealParameterSets.Bytes(RealParameterSets.CabacPps),
            0,
            0,
            0,
            26,
            .. RealParameterSets.Bytes(RealParameterSets.Main1080At25),
        ];
        Assert.True(ParameterSets.TryGetSize(Codec.H264, units, out var width, out var height));
        Assert.Equal((1920, 1080), (width, height));
        Assert.True(ParameterSets.TryGetProfileLevelId(units, out var id));
        Assert.Equal("4d4028", id.ToString());
        Assert.False(ParameterSets.TryGetSize(Codec.H264, Unit, out _, out _));
    }

    [Theory]
    [InlineData(Codec.H264, 0x65, true)]
    [InlineData(Codec.H264, 0x41, false)]
    [InlineData(Codec.H265, 0x26, true)]
    [InlineData(Codec.H265, 0x2A, true)]
    [InlineData(Codec.H265, 0x02, false)]
    [InlineData(Codec.Opus, 0x65, false)]
    public void Random_access_is_seen_in_the_header(Codec codec, byte header, bool expected) =>
        Assert.Equal(expected, NalHeader.IsRandomAccess(codec, [header, 1]));

    private static List<string> ReadLengths(ReadOnlySpan<byte> unit, out bool isMalformed)
    {
        var found = new List<string>();
        var reader = new NalReader(unit);
        while (reader.TryRead(out var nal))
        {
            found.Add(Convert.ToHexStringLower(nal));
        }
        isMalformed = reader.IsMalformed;
        return found;
    }
}
