// An IP address and port as a value: what STUN carries and what every datagram comes from or goes to.
using System.Net;

namespace Mumu.Protocols.Stun;

/// <summary>
/// A transport address (RFC 8445 §4): IPv4 or IPv6 address and port, without allocation. IPv4-mapped IPv6 addresses are folded to IPv4,
/// so that one peer has one address whatever socket it came through.
/// </summary>
public readonly record struct TransportAddress
{
    private readonly UInt128 _address; // IPv4 lives in the low 32 bits, network order read as a big-endian number.
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly bool _isIPv6;

    /// <summary>Makes an IPv4 address from its four bytes in network order.</summary>
    public static TransportAddress FromIPv4(ReadOnlySpan<byte> address, int port) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address), (ushort)port, isIPv6: false, scope: 0);

    /// <summary>Makes an address from the sixteen bytes of an IPv6 address in network order; an IPv4-mapped one becomes IPv4.</summary>
    public static TransportAddress FromIPv6(ReadOnlySpan<byte> address, int port, uint scope = 0)
    {
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(address);
        return value >> 32 == 0xFFFF
            ? new TransportAddress((uint)value, (ushort)port, isIPv6: false, scope: 0)
            : new TransportAddress(value, (ushort)port, isIPv6: true, scope);
    }

    /// <summary>Makes an address from the framework's endpoint.</summary>
    public static TransportAddress From(IPEndPoint endPoint) => From(endPoint.Address, endPoint.Port);

    /// <summary>Makes an address from the framework's address and a port of 0–65535.</summary>
    public static TransportAddress From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? FromIPv4(bytes[..4], port) : FromIPv6(bytes, port, (uint)address.ScopeId);
    }

    private TransportAddress(UInt128 address, ushort port, bool isIPv6, uint scope)
    {
        _address = address;
        _port = port;
        _isIPv6 = isIPv6;
        _scope = scope;
    }

    /// <summary>The port, 0–65535.</summary>
    public int Port => _port;

    /// <summary>True for IPv6; false for IPv4 (and for the default value).</summary>
    public bool IsIPv6 => _isIPv6;

    /// <summary>The IPv6 scope id of a link-local address, else 0.</summary>
    public uint Scope => _scope;

    /// <summary>Bytes of the bare address: 4 or 16.</summary>
    public int AddressLength => _isIPv6 ? 16 : 4;

    /// <summary>Writes the bare address (4 or 16 bytes, network order) and returns its length.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        if (_isIPv6)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _address);
            return 16;
        }
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_address);
        return 4;
    }

    /// <summary>The same address with another port.</summary>
    public TransportAddress WithPort(int port) => new(_address, (ushort)port, _isIPv6, _scope);

    /// <summary>The framework's form; allocates, so not for the path of a packet.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteAddress(bytes);
        return _isIPv6 && _scope != 0 ? new IPAddress(bytes, _scope) : new IPAddress(bytes[..length]);
    }

    /// <summary>The framework's form; allocates, so not for the path of a packet.</summary>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), _port);

    /// <inheritdoc />
    public override string ToString() => ToIPEndPoint().ToString();
}
