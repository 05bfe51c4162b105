// Every parser that bytes of strangers reach.
namespace Mumu.Fuzz.Targets;

internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. StunTargets.All,
        .. RtpTargets.All,
        .. CodecTargets.All,
        .. SdpTargets.All,
        .. RtspTargets.All,
        .. SctpTargets.All,
        .. TextTargets.All,
        .. ContainerTargets.All,
        .. RtmpTargets.All,
        .. MediaFileTargets.All,
    ];
}
