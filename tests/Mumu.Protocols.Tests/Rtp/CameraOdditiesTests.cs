// What real cameras get wrong in their packets, one test an oddity.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Depacketizers;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class CameraOdditiesTests
{
    private readonly H264Depacketizer _depacketizer = new();
    private readonly List<(byte[] Data, long Timestamp, bool IsKeyFrame)> _units = [];

    private void Push(byte[] payload, long timestamp, bool marker = false, bool lost = false)
    {
        _depacketizer.Push(payload, timestamp, marker, lost);
        while (_depacketizer.TryRead(out var unit))
        {
            _units.Add((unit.Data.ToArray(), unit.Timestamp, unit.IsKeyFrame));
        }
    }

    [Fact]
    public void Parameter_sets_from_the_description_go_in_front_of_key_frames_without_them()
    {
        _depacketizer.AddParameterSet(Pictures.Sps);
        _depacketizer.AddParameterSet([0, 0, 0, 1, .. Pictures.Pps]);
        _depacketizer.AddParameterSet([0x41, 1, 2]);
        Push(Pictures.Idr(100), 0, marker: true);
        Assert.Equal(Pictures.Key(100), Assert.Single(_units).Data);
        Assert.Equal(Pictures.Unit(Pictures.Sps, Pictures.Pps), _depacketizer.ParameterSets.ToArray());
    }

    [Fact]
    public void A_key_frame_whose_parameter_sets_nobody_told_is_held_back()
    {
        Push(Pictures.Idr(100), 0, marker: true);
        Push(Pictures.Slice(100), 1, marker: true);
        Push(Pictures.Sps, 2);
        Push(Pictures.Pps, 2);
        Push(Pictures.Idr(100), 2, marker: true);
        Assert.Equal((2L, true), (Assert.Single(_units).Timestamp, _units[0].IsKeyFrame));
    }

    [Fact]
    public void Parameter_sets_with_a_marker_or_timestamp_of_their_own_join_the_next_picture()
    {
        Push(Pictures.Sps, 0, marker: true);
        Push(Pictures.Pps, 1, marker: true);
        Push(Pictures.Idr(100), 2, marker: true);
        Assert.Equal((Pictures.Key(100).Length, 2L), (Assert.Single(_units).Data.Length, _units[0].Timestamp));
    }

    [Fact]
    public void A_camera_without_marker_bits_ends_pictures_by_timestamp()
    {
        Push(Pictures.Sps, 0);
        Push(Pictures.Pps, 0);
        Push(Pictures.Idr(100), 0);
        Push(Pictures.Slice(50), 1);
        Push(Pictures.Slice(60), 2);
        Assert.Equal([Pictures.Key(100), Pictures.Delta(50)], _units.Select(unit => unit.Data));
    }

    [Fact]
    public void A_camera_that_marks_every_slice_is_found_out_after_one_group()
    {
        byte[] second = Pictures.Nal([0x41], 40, 0, 0x10); // first_mb is not 0
        for (var i = 0; i < 4; i++)
        {
            var isKey = i % 2 == 0;
            Push(Pictures.Sps, i, marker: true);
            Push(Pictures.Pps, i, marker: true);
            Push(isKey ? Pictures.Idr(100) : Pictures.Slice(100), i, marker: true);
            Push(isKey ? Pictures.Nal([0x65], 40, 0, 0x10) : second, i, marker: true);
        }
        Push(Pictures.Slice(100), 4, marker: true);
        Push(second, 4, marker: true);
        Push(Pictures.Slice(100), 5, marker: true);
        var whole = _units.Where(unit => unit.Timestamp >= 2).ToList();
        Assert.Equal([2L, 3, 4], whole.Select(unit => unit.Timestamp));
        Assert.Equal(Pictures.Unit(Pictures.Slice(100), second), whole[2].Data);
    }

    [Fact]
    public void Parameter_sets_between_the_slices_of_a_key_frame_are_taken_out()
    {
        byte[] second = Pictures.Nal([0x65], 40, 0, 0x10);
        Push(Pictures.Sps, 0);
        Push(Pictures.Pps, 0);
        Push(Pictures.Idr(100), 0);
        Push(Pictures.Sps, 0);
        Push(Pictures.Pps, 0);
        Push(second, 0, marker: true);
        Assert.Equal(Pictures.Unit(Pictures.Sps, Pictures.Pps, Pictures.Idr(100), second), Assert.Single(_units).Data);
    }

    [Fact]
    public void Start_codes_inside_a_payload_separate_nal_units()
    {
        Push([0, 0, 0, 1, .. Pictures.Sps, 0, 0, 0, 1, .. Pictures.Pps, 0, 0, 1, .. Pictures.Idr(10)], 0, marker: true);
        Assert.Equal(Pictures.Key(10), Assert.Single(_units).Data);
    }

    [Fact]
    public void A_fragment_whose_end_never_comes_still_counts_when_the_picture_ends()
    {
        Push([0x18 | 0x60, 0, 8, .. Pictures.Sps, 0, 3, .. Pictures.Pps], 0);
        Push([0x7C, 0x85, 0x88, 1, 2], 0);
        Push([0x7C, 0x05, 3, 4], 0, marker: true);
        Assert.Equal(Pictures.Unit(Pictures.Sps, Pictures.Pps, [0x65, 0x88, 1, 2, 3, 4]), Assert.Single(_units).Data);
    }

    [Fact]
    public void A_camera_that_never_sends_an_idr_starts_at_i_slices_behind_an_sps()
    {
        byte[] intra = Pictures.Nal([0x41], 50, 0, 0x88);
        Push(intra, 0, marker: true);
        Push(Pictures.Sps, 1);
        Push(Pictures.Pps, 1);
        Push(intra, 1, marker: true);
        Push(Pictures.Slice(20), 2, marker: true);
        Assert.Equal([true, false], _units.Select(unit => unit.IsKeyFrame));
    }

    [Fact]
    public void A_loss_between_pictures_waits_for_the_next_key_frame_and_spares_a_whole_one()
    {
        Push(Pictures.Sps, 0);
        Push(Pictures.Pps, 0);
        Push(Pictures.Idr(100), 0, marker: true);
        Push(Pictures.Slice(50), 2, marker: true, lost: true);
        Push(Pictures.Slice(50), 3, marker: true);
        Assert.True(_depacketizer.NeedsKeyFrame);
        Push(Pictures.Idr(70), 5, marker: true, lost: true);
        Push(Pictures.Slice(50), 6, marker: true);
        Assert.Equal([0L, 5, 6], _units.Select(unit => unit.Timestamp));
        Assert.Equal(2, _depacketizer.DroppedUnits);
    }

    [Fact]
    public void Changed_parameter_sets_are_noticed_and_used()
    {
        Push(Pictures.Sps, 0);
        Push(Pictures.Pps, 0);
        Push(Pictures.Idr(100), 0, marker: true);
        var version = _depacketizer.ParameterSets.Version;
        byte[] changed = [.. Pictures.Sps, 7];
        Push(Pictures.Sps, 1);
        Assert.Equal(version, _depacketizer.ParameterSets.Version);
        Push(changed, 1);
        Assert.Equal(version + 1, _depacketizer.ParameterSets.Version);
        Assert.Equal(Pictures.Unit(changed, Pictures.Pps), _depacketizer.ParameterSets.ToArray());
    }

    [Fact]
    public void Rubbish_never_throws_and_never_passes_for_a_picture_that_lies_about_its_lengths()
    {
        var random = new Random(4);
        foreach (var depacketizer in (NalDepacketizer[])[new H264Depacketizer(), new H265Depacketizer()])
        {
            byte[][] seeds =
            [
                [0x78, 0, 8, .. Pictures.Sps, 0, 3, .. Pictures.Pps, 0, 5, 0x65, 0x88, 1, 2, 3],
                [0x7C, 0x85, 0x88, 1, 2],
                [0x62, 1, 0x93, 0x80, 2, 3],
                [0x60, 1, 0, 4, .. Pictures.Vps5, 0, 5, .. Pictures.Sps5, 0, 4, .. Pictures.Pps5, 0, 4, 0x26, 1, 0x80, 1],
            ];
            for (var round = 0; round < 20; round++)
            {
                foreach (var payload in seeds.SelectMany(seed => Mutations.Of(seed, 200, random.Next())))
                {
                    depacketizer.Push(payload, random.Next(4), random.Next(2) == 0, random.Next(10) == 0);
                    while (depacketizer.TryRead(out var unit))
                    {
                        var nals = new NalReader(unit.Data);
                        while (nals.TryRead(out _)) { }
                        Assert.False(nals.IsMalformed);
                        Assert.False(unit.Data.IsEmpty);
                    }
                }
            }
        }
        foreach (var payload in Mutations.Of([0, 32, 0, 5 << 3, 0, 3 << 3, 1, 2, 3, 4, 5, 6, 7, 8], 5_000))
        {
            var depacketizer = new AacDepacketizer();
            depacketizer.Push(payload, 0, true, false);
            while (depacketizer.TryRead(out var unit))
            {
                Assert.False(unit.Data.IsEmpty);
            }
        }
    }

    [Fact]
    public void Two_aac_frames_in_a_packet_are_two_units_a_frame_apart()
    {
        var depacketizer = new AacDepacketizer();
        depacketizer.Push([0, 32, 0, 2 << 3, 0, 3 << 3, 1, 2, 3, 4, 5], 5_000, true, false);
        Assert.True(depacketizer.TryRead(out var first));
        Assert.Equal([1, 2], first.Data.ToArray());
        Assert.True(depacketizer.TryRead(out var second));
        Assert.Equal([3, 4, 5], second.Data.ToArray());
        Assert.Equal((5_000L, 6_024L), (first.Timestamp, second.Timestamp));
    }

    [Fact]
    public void A_picture_without_end_is_bounded()
    {
        Push(Pictures.Sps, 0);
        Push(Pictures.Pps, 0);
        Push([0x7C, 0x85, 0x88, 1, 2], 0);
        byte[] piece = [0x7C, 0x05, .. new byte[60_000]];
        for (var i = 0; i < NalDepacketizer.MaxUnit / 60_000 + 10; i++)
        {
            Push(piece, 0);
        }
        Assert.True(_depacketizer.MalformedPayloads > 0);
        Push([0x7C, 0x45, 1], 0, marker: true);
        Assert.Empty(_units);
    }
}
