// The sample messages of RFC 5769 and of RFC 8489 appendix B.1 (as erratum 6268 has it), with their secrets.
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Mumu.Protocols.Tests.Stun;

[SuppressMessage("Security", "CA5351", Justification = "MD5 makes the long-term key of RFC 5769.")]
internal static class StunVectors
{
    public const string LongTermUser = "マトリックス";

    public static readonly byte[] Password = "VOkJxbRl1RmTxUk/WvJxBt"u8.ToArray();

    public static readonly byte[] Request = Convert.FromHexString(
        "000100582112a442b7e7a701bc34d686fa87dfae" // header
            + "802200105354554e207465737420636c69656e74" // SOFTWARE
            + "002400046e0001ff" // PRIORITY
            + "80290008932ff9b151263b36" // ICE-CONTROLLED
            + "000600096576746a3a68367659202020" // USERNAME, padded with blanks
            + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
            + "80280004e57a3bcf"
    );

    public static readonly byte[] IPv4Response = Convert.FromHexString(
        "0101003c2112a442b7e7a701bc34d686fa87dfae"
            + "8022000b7465737420766563746f7220"
            + "002000080001a147e112a643"
            + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
            + "80280004c07d4c96"
    );

    public static readonly byte[] IPv6Response = Convert.FromHexString(
        "010100482112a442b7e7a701bc34d686fa87dfae"
            + "8022000b7465737420766563746f7220"
            + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
            + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
            + "80280004c8fb0b4c"
    );

    public static readonly byte[] LongTermRequest = Convert.FromHexString(
        "000100602112a44278ad3433c6ad72c029da412e"
            + "00060012e3839ee38388e383aae38383e382afe382b90000"
            + "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
            + "0014000b6578616d706c652e6f726700"
            + "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666"
    );

    public static readonly byte[] LongTermSha256Request = Convert.FromHexString(
        "000100902112a44278ad3433c6ad72c029da412e"
            + "001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704"
            + "001500296f624d61744a6f7332414141"
            + "43662f2f3439396b39353464364f4c33346f4c39465354767936347341000000"
            + "0014000b6578616d706c652e6f726700"
            + "001d000400020000"
            + "001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65"
    );

    public static readonly byte[] LongTermMd5Key = MD5.HashData(LongTermSecret);

    public static readonly byte[] LongTermSha256Key = SHA256.HashData(LongTermSecret);

    public static readonly byte[][] All = [Request, IPv4Response, IPv6Response, LongTermRequest, LongTermSha256Request];

    public static readonly byte[][] WithFingerprint = [Request, IPv4Response, IPv6Response];

    /// <summary>All, and those with a FINGERPRINT once more without: else it would catch most damage before anything else has to.</summary>
    public static readonly byte[][] ForMutation = [.. All, .. WithFingerprint.Select(WithoutFingerprint)];

    private static byte[] WithoutFingerprint(byte[] vector)
    {
        var bare = vector[..^8];
        bare[3] -= 8;
        return bare;
    }

    private static byte[] LongTermSecret => Encoding.UTF8.GetBytes(LongTermUser + ":example.org:TheMatrIX");
}
