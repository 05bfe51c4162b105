// Addresses between the sockets' own form and the cores', without allocation.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Turn;

/// <summary>Reads and writes the bytes of <see cref="SocketAddress"/> (sockaddr_in, sockaddr_in6).</summary>
internal static class SocketAddresses
{
    public static TransportAddress Read(SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetworkV6
            ? TransportAddress.FromIPv6(bytes.Slice(8, 16), port, BitConverter.ToUInt32(bytes[24..]))
            : TransportAddress.FromIPv4(bytes.Slice(4, 4), port);
    }

    /// <summary>Writes into an address made for the socket's family; IPv4 is mapped for an IPv6 socket.</summary>
    public static void Write(SocketAddress destination, in TransportAddress address)
    {
        var bytes = destination.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)address.Port);
        if (destination.Family == AddressFamily.InterNetwork)
        {
            address.WriteAddress(bytes[4..]);
            return;
        }
        bytes[4..28].Clear();
        if (!address.IsIPv6)
        {
            bytes.Slice(18, 2).Fill(0xFF);
        }
        address.WriteAddress(bytes[(address.IsIPv6 ? 8 : 20)..]);
        BitConverter.TryWriteBytes(bytes[24..], address.Scope);
    }
}
