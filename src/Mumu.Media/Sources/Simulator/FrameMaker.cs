// Makes the simulator's frames: draws, encodes, stamps.
using Mumu.Media.Sources.Simulator.Encoding;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator;

/// <summary>One frame after the other, without a clock of its own.</summary>
internal sealed class FrameMaker
{
    private readonly SimulatorOptions _options;
    private readonly H264Encoder _encoder;
    private readonly Scene _scene;
    private readonly NoiseBand? _noise;
    private readonly BitWriter _bits = new(64);
    private readonly byte[] _sei = new byte[128];
    private readonly byte[] _slice;
    private uint _number;

    public FrameMaker(SimulatorOptions options)
    {
        options.Validate();
        _options = options;
        _encoder = new H264Encoder(options.Width, options.Height, options.Fps);
        _scene = new Scene(_encoder);
        _slice = new byte[_encoder.MaxLength];
        if (options.Kbps > 0)
        {
            _noise = new NoiseBand(_encoder, _scene.Canvas, _scene.NoiseTop, _scene.NoiseBottom, options.Kbps * 1000 / options.Fps);
        }
    }

    /// <summary>SPS and PPS, length-prefixed.</summary>
    public byte[] Headers => _encoder.Headers;

    /// <summary>Makes the next frame; the caller sets the unit's times. <paramref name="clock"/> is burnt in as it is and stamped as UTC.</summary>
    public Unit Make(DateTimeOffset clock, bool isKeyFrame)
    {
        _scene.Draw(_number, clock.DateTime);
        _noise?.Begin(isKeyFrame);
        var slice = _slice.AsSpan(0, _encoder.Encode(_slice, isKeyFrame, _options.Quantizer));
        var stamp = new SimulatorStamp(_number++, clock.ToUnixTimeMilliseconds(), SimulatorStamp.Hash(slice[4..]));
        var sei = _sei.AsSpan(0, stamp.Write(_bits, _sei));
        var unit = Join(isKeyFrame ? Headers : [], sei, slice);
        unit.IsKeyFrame = isKeyFrame;
        _noise?.End(unit.Length);
        _options.FrameMade?.Invoke(new SimulatedFrame(stamp, isKeyFrame, unit.Data, _encoder.Reconstruction));
        return unit;
    }

    private static Unit Join(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> sei, ReadOnlySpan<byte> slice)
    {
        var unit = Unit.Rent(headers.Length + sei.Length + slice.Length);
        headers.CopyTo(unit.Buffer);
        sei.CopyTo(unit.Buffer[headers.Length..]);
        slice.CopyTo(unit.Buffer[(headers.Length + sei.Length)..]);
        return unit;
    }
}
