// A transport address in the bytes the kernel wants it in, and back.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Mumu.Protocols.Stun;

namespace Mumu.Io.Linux;

/// <summary>struct sockaddr_in or sockaddr_in6, whichever the socket's family asks for.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal struct SocketName
{
    internal const int Size = 28;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const int IPv4Size = 16;

    /// <summary>Fills the bytes and returns how many count. A dual-stack socket takes IPv4 addresses in their mapped form.</summary>
    internal static int Write(Span<byte> name, in TransportAddress address, bool dualStack)
    {
        name[..Size].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], (ushort)address.Port);
        if (!dualStack)
        {
            MemoryMarshal.Write(name, FamilyIPv4);
            address.WriteAddress(name[4..]);
            return IPv4Size;
        }
        MemoryMarshal.Write(name, FamilyIPv6);
        if (address.IsIPv6)
        {
            address.WriteAddress(name[8..]);
            MemoryMarshal.Write(name[24..], address.Scope);
            return Size;
        }
        name[18] = 0xFF;
        name[19] = 0xFF;
        address.WriteAddress(name[20..]);
        return Size;
    }

    /// <summary>Reads what the kernel wrote; false for a family that is not IP.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> name, out TransportAddress address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        switch (MemoryMarshal.Read<ushort>(name))
        {
            case FamilyIPv4:
                address = TransportAddress.FromIPv4(name.Slice(4, 4), port);
                return true;
            case FamilyIPv6:
                address = TransportAddress.FromIPv6(name.Slice(8, 16), port, MemoryMarshal.Read<uint>(name[24..]));
                return true;
            default:
                address = default;
                return false;
        }
    }
}
