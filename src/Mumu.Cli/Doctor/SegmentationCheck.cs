// Does the kernel send a whole frame in one call (UDP GSO)?
using System.Net.Sockets;

namespace Mumu.Cli.Doctor;

internal static class SegmentationCheck
{
    private const int UdpLevel = 17; // SOL_UDP
    private const int UdpSegment = 103; // UDP_SEGMENT, linux/udp.h

    public static Finding Look()
    {
        const string subject = "UDP segmentation";
        if (!OperatingSystem.IsLinux())
        {
            return new Finding(subject, Severity.Warning, "only Linux has it; packets are sent one by one");
        }
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(1200));
            return new Finding(subject, Severity.Good, "the kernel takes a whole frame in one call");
        }
        catch (SocketException)
        {
            return new Finding(
                subject,
                Severity.Warning,
                "this kernel has none; packets are sent one by one",
                "Linux 4.18 or later serves several times more viewers with the same processor."
            );
        }
    }
}
