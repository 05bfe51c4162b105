// Parameter sets that x264 and x265 made, with what was asked of them.
namespace Mumu.Protocols.Tests.Codecs;

internal static class RealParameterSets
{
    public const string Main1080At25 = "674d4028eca03c0113f2e022000003000200000300641e30632c";
    public const string HighInterlaced1080At2997 = "67640028acd94078044fde022000007d20001d4c03e2c5b2c0";
    public const string High422Of640x360At15 = "677a0016bcd940a02ff89c0440000003004000000783c58b6580";
    public const string High444Of320x240At30 = "67f4000d919b28283f6022000003000200000300781e28532c";
    public const string Baseline720At30WithHrd = "6742c01fd9005005bb0110000003001000000303c604000f424001e84e4c30078c1924";
    public const string HighWithScalingLists480At10 = "67640016acd940a03db011000003000100000300140f162d96";
    public const string CabacPps = "68ebe3cb20";
    public const string CavlcPps = "68cb8cb2";
    public const string H265Main1080 = "420101016000000300900000030000030078a003c08010e596566924caf0168080000003008000000c84";
    public const string H265Main10Of1366x768 = "420101022000000300900000030000030078a002ac80301d6d96566924caf0168080000003008000000c84";

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
