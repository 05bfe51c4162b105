// AAC in ADTS: cuts the stream into frames and takes their headers off.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.MpegTs.Tracks;

/// <summary>An AAC track. Frames may reach over the ends of PES packets.</summary>
internal sealed class AdtsTrackReader(TsStream stream, TsTimeline timeline, TsUnits units) : TsTrackReader(stream, timeline, units)
{
    private readonly byte[] _held = new byte[0x2000]; // of a frame that goes on in the next PES packet
    private int _have;
    private TsAudioClock? _clock;
    private TsTrack? _track;

    public override TsTrack? Track => _track;

    public override void Reset()
    {
        _have = 0;
        _clock?.Reset();
    }

    protected override void Damage()
    {
        _have = 0;
        _clock?.Reset();
        Dropped++;
    }

    protected override void Take(ReadOnlySpan<byte> data, (long Presentation, long Decode)? times, bool isRandomAccess)
    {
        var stamp = times?.Presentation;
        // The stamp is that of the first frame which begins in this packet.
        if (_have > 0)
        {
            var take = Complete(data);
            data = data[take..];
            if (_have > 0)
            {
                return;
            }
        }
        while (!data.IsEmpty)
        {
            if (data.Length < AdtsHeader.MinLength)
            {
                Hold(data);
                return;
            }
            if (!AdtsHeader.TryParse(data, out var header))
            {
                var skip = data[1..].IndexOf((byte)0xFF);
                Malformed++;
                data = skip < 0 ? default : data[(1 + skip)..];
                continue;
            }
            if (header.FrameLength > data.Length)
            {
                _pending = stamp;
                Hold(data);
                return;
            }
            Add(header, data[..header.FrameLength], stamp);
            stamp = null;
            data = data[header.FrameLength..];
        }
    }

    private long? _pending; // the stamp of the frame that is held

    private int Complete(ReadOnlySpan<byte> data)
    {
        var taken = 0;
        while (taken < data.Length)
        {
            var until = AdtsHeader.MinLength;
            if (_have >= AdtsHeader.MinLength)
            {
                if (!AdtsHeader.TryParse(_held.AsSpan(0, _have), out var header))
                {
                    Malformed++;
                    (_have, _pending) = (0, null);
                    return taken;
                }
                until = header.FrameLength;
            }
            var take = Math.Min(until - _have, data.Length - taken);
            data.Slice(taken, take).CopyTo(_held.AsSpan(_have));
            (_have, taken) = (_have + take, taken + take);
            if (_have >= AdtsHeader.MinLength && AdtsHeader.TryParse(_held.AsSpan(0, _have), out var whole) && whole.FrameLength <= _have)
            {
                Add(whole, _held.AsSpan(0, _have), _pending);
                (_have, _pending) = (0, null);
                return taken;
            }
        }
        return taken;
    }

    private void Hold(ReadOnlySpan<byte> data)
    {
        data.CopyTo(_held);
        _have = data.Length;
    }

    private void Add(AdtsHeader header, ReadOnlySpan<byte> frame, long? stamp)
    {
        if (_track is null || !_track.Configuration.Span.SequenceEqual(header.ToConfiguration()))
        {
            var bytes = header.ToConfiguration();
            if (!AacConfiguration.TryParse(bytes, out var configuration))
            {
                Malformed++;
                return;
            }
            _track = new TsTrack(Stream.Pid, Codec.Aac, configuration.SampleRate, configuration.Channels, bytes);
            _clock = new TsAudioClock(configuration.SampleRate);
        }
        if (_clock!.Place(stamp, AdtsHeader.SamplesPerFrame) is { } time)
        {
            Units.Add(this, frame[header.HeaderLength..], default, time, time, isKeyFrame: true);
        }
        else
        {
            Dropped++;
        }
    }
}
