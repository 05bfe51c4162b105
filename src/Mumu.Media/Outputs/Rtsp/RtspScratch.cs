// Room in which units are cut before their packets get headers.
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Buffers that grow to what the stream needs; for one thread.</summary>
internal sealed class RtspScratch
{
    private byte[] _bytes = new byte[64 * 1024];
    private ushort[] _lengths = new ushort[256];

    /// <summary>Cuts a unit; false if it is malformed. What comes out is valid until the next call.</summary>
    internal bool TryCut(IRtpPacketizer packetizer, ReadOnlySpan<byte> unit, int maxPayload, out PacketBuffer payloads)
    {
        var packets = RtpPacketizer.MaxPackets(unit.Length, maxPayload);
        while (true)
        {
            Grow(ref _lengths, packets);
            Grow(ref _bytes, RtpPacketizer.MaxBytes(unit.Length, maxPayload) + 4 * packets);
            payloads = new PacketBuffer(_bytes, _lengths);
            var count = packetizer.Packetize(unit, maxPayload, ref payloads);
            if (count >= 0 || packets > unit.Length)
            {
                return count > 0;
            }
            packets *= 4; // very many small NAL units
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        }
    }
}
