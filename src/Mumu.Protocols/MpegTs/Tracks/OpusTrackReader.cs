// Opus: takes off the control header in front of each packet.
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.MpegTs.Tracks;

/// <summary>An Opus track ("Encapsulation of Opus in MPEG-TS", the draft that ffmpeg and GStreamer follow).</summary>
internal sealed class OpusTrackReader(TsStream stream, TsTimeline timeline, TsUnits units) : TsTrackReader(stream, timeline, units)
{
    private const int Rate = 48_000;
    private readonly TsAudioClock _clock = new(Rate);

    public override TsTrack? Track { get; } = new(stream.Pid, Codec.Opus, Rate, stream.Channels, default);

    public override void Reset() => _clock.Reset();

    protected override void Damage()
    {
        _clock.Reset();
        Dropped++;
    }

    protected override void Take(ReadOnlySpan<byte> data, (long Presentation, long Decode)? times, bool isRandomAccess)
    {
        var stamp = times?.Presentation;
        while (!data.IsEmpty)
        {
            if (!TryReadControl(data, out var header, out var length) || length == 0 || length > data.Length - header)
            {
                Malformed++;
                return;
            }
            var packet = data.Slice(header, length);
            if (OpusPacket.TryGetSamples(packet, out var samples) && _clock.Place(stamp, samples) is { } time)
            {
                Units.Add(this, packet, default, time, time, isKeyFrame: true);
            }
            else
            {
                Dropped++;
            }
            stamp = null;
            data = data[(header + length)..];
        }
    }

    private static bool TryReadControl(ReadOnlySpan<byte> data, out int header, out int length)
    {
        (header, length) = (2, 0);
        if (data.Length < 3 || (BinaryPrimitives.ReadUInt16BigEndian(data) & 0xFFE0) != 0x7FE0)
        {
            return false;
        }
        var flags = data[1];
        byte part;
        do
        {
            if (header >= data.Length)
            {
                return false;
            }
            part = data[header++];
            length += part;
        } while (part == 0xFF);
        header += ((flags & 0x10) != 0 ? 2 : 0) + ((flags & 0x08) != 0 ? 2 : 0); // samples to trim
        if ((flags & 0x04) != 0)
        {
            if (header >= data.Length)
            {
                return false;
            }
            header += 1 + data[header];
        }
        return header <= data.Length;
    }
}
