// Which H.265, VP9 or AV1 a stream is, in the numbers that SDP has for it.
namespace Mumu.Protocols.Codecs;

/// <summary>Profile, level and tier of a stream; for H.264 see <see cref="ProfileLevelId"/>, VP8 has none.</summary>
/// <param name="Profile">H.265: profile-id; VP9: profile-id; AV1: profile.</param>
/// <param name="Level">H.265: level-id; AV1: level-idx; 0 for VP9.</param>
/// <param name="Tier">H.265: tier-flag; AV1: tier; 0 for VP9.</param>
public readonly record struct VideoProfile(int Profile, int Level, int Tier)
{
    /// <summary>Reads it from a track's configuration, see <see cref="ParameterSets"/>; false if that does not tell.</summary>
    public static bool TryRead(Codec codec, ReadOnlySpan<byte> configuration, out VideoProfile profile)
    {
        switch (codec)
        {
            case Codec.H265:
                var nals = new NalReader(configuration);
                while (nals.TryRead(out var nal))
                {
                    if (H265Sps.TryParse(nal, out var sps))
                    {
                        profile = new VideoProfile(sps.ProfileIdc, sps.LevelIdc, sps.IsHighTier ? 1 : 0);
                        return true;
                    }
                }
                break;
            case Codec.Vp9 when Vp9Header.TryParse(configuration, out var vp9):
                profile = new VideoProfile(vp9.Profile, 0, 0);
                return true;
            case Codec.Av1 when Obu.TryRead(configuration, out var obu, out _) && Av1SequenceHeader.TryParse(obu.Payload, out var av1):
                profile = new VideoProfile(av1.Profile, av1.LevelIndex, av1.Tier);
                return true;
        }
        profile = default;
        return false;
    }
}
