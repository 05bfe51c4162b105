// Which addresses are fit for checks.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>Kinds of addresses that ICE treats apart.</summary>
internal static class IceAddressRules
{
    /// <summary>True for fe80::/10.</summary>
    public static bool IsLinkLocal(this in TransportAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteAddress(bytes);
        return address.IsIPv6 && bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
    }

    /// <summary>The same address in another scope.</summary>
    public static TransportAddress WithScope(this in TransportAddress address, uint scope)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteAddress(bytes);
        return TransportAddress.FromIPv6(bytes, address.Port, scope);
    }

    /// <summary>False for what no single peer can have: port 0, the unspecified address, multicast and broadcast.</summary>
    public static bool IsUnicast(this in TransportAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = address.WriteAddress(bytes);
        bytes = bytes[..length];
        var isGroup = address.IsIPv6 ? bytes[0] == 0xFF : bytes[0] is >= 224;
        var isUnspecified = address.IsIPv6 ? !bytes.ContainsAnyExcept((byte)0) : bytes[0] == 0;
        return address.Port != 0 && !isGroup && !isUnspecified;
    }
}
