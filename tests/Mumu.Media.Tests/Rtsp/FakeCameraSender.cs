// The sending half of the fake camera: made-up pictures as RTP, on the connection or to UDP ports.
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Packetizers;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Media.Tests.Rtsp;

internal sealed class FakeCameraSender(Stream stream, int pictures, bool saysGoodbye) : IDisposable
{
    private static readonly Ssrc Source = new(77);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private IPEndPoint? _client;

    /// <summary>Units as they are sent, by index: a key frame with parameter sets, then four pictures, and again.</summary>
    internal static byte[] Unit(int index)
    {
        byte[] slice = [0, 0, 0, 0, index % 5 == 0 ? (byte)0x65 : (byte)0x41, 0x9A, .. BitConverter.GetBytes(index), .. new byte[3_000]];
        slice[2] = (byte)((slice.Length - 4) >> 8);
        slice[3] = (byte)(slice.Length - 4);
        return index % 5 == 0 ? [.. ParameterSets, .. slice] : slice;
    }

    /// <summary>A baseline SPS of 640×480 and a PPS.</summary>
    internal static byte[] ParameterSets { get; } =
    [0, 0, 0, 10, 0x67, 0x42, 0xC0, 0x1E, 0xD9, 0x00, 0xA0, 0x3D, 0xA1, 0x00, 0, 0, 0, 4, 0x68, 0xCE, 0x3C, 0x80];

    /// <summary>Takes a transport and returns what the answer adds to it.</summary>
    internal string SetUp(string transport)
    {
        const string Ports = "client_port=";
        var at = transport.IndexOf(Ports, StringComparison.Ordinal);
        if (at < 0)
        {
            return "";
        }
        _client = new IPEndPoint(IPAddress.Loopback, int.Parse(transport[(at + Ports.Length)..].Split('-')[0], null));
        var port = ((IPEndPoint)_udp.Client.LocalEndPoint!).Port;
        return $";server_port={port}-{port}";
    }

    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            ushort number = 65_530;
            for (var index = 0; index < pictures; index++)
            {
                foreach (var packet in Packets(index, ref number))
                {
                    await SendAsync(packet, 0, stop);
                }
                await beat.WaitForNextTickAsync(stop);
            }
            if (saysGoodbye)
            {
                var bye = new byte[8];
                Bye.Write(bye, Source);
                await SendAsync(bye, 1, stop);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client left.
        }
    }

    internal async Task WriteAsync(byte[] bytes, CancellationToken stop)
    {
        await _writing.WaitAsync(stop);
        try
        {
            await stream.WriteAsync(bytes, stop);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _udp.Dispose();
        _writing.Dispose();
    }

    private async Task SendAsync(byte[] packet, int channel, CancellationToken stop)
    {
        if (_client is { } client)
        {
            await _udp.SendAsync(packet, new IPEndPoint(client.Address, client.Port + channel), stop);
            return;
        }
        await WriteAsync([(byte)'$', (byte)channel, (byte)(packet.Length >> 8), (byte)packet.Length, .. packet], stop);
    }

    private static List<byte[]> Packets(int index, ref ushort number)
    {
        var output = new PacketBuffer(new byte[10_000], new ushort[50]);
        new H264Packetizer().Packetize(Unit(index), 1_200, ref output);
        var packets = new List<byte[]>();
        var at = 0;
        for (var i = 0; i < output.Count; i++)
        {
            var packet = new byte[RtpHeader.MinLength + output.Lengths[i]];
            RtpHeader.Write(packet, 96, i == output.Count - 1, new SequenceNumber(number++), new RtpTimestamp((uint)(index * 900)), Source);
            output.Bytes.Slice(at, output.Lengths[i]).CopyTo(packet.AsSpan(RtpHeader.MinLength));
            at += output.Lengths[i];
            packets.Add(packet);
        }
        return packets;
    }
}
