// Watches for the first picture a decoder could start with.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;

namespace Mumu.Cli.Bench;

/// <summary>
/// Puts pictures together until the first key frame is whole, with the parameter sets it needs; from then on a viewer only counts, which is cheap.
/// </summary>
internal sealed class FirstPicture(Codec codec, int clockRate)
{
    private RtpReceiver? _receiver =
        codec == Codec.H264 ? new RtpReceiver(new H264Depacketizer(), clockRate, RtpReceiverOptions.Datagrams)
        : codec == Codec.H265 ? new RtpReceiver(new H265Depacketizer(), clockRate, RtpReceiverOptions.Datagrams)
        : null;

    /// <summary>Takes a packet; true if it made the first decodable picture whole, which happens once.</summary>
    internal bool Take(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (_receiver is null)
        {
            return false;
        }
        _receiver.Receive(packet, now);
        while (_receiver.TryRead(out var unit))
        {
            if (unit.IsKeyFrame)
            {
                _receiver = null;
                return true;
            }
        }
        return false;
    }
}
