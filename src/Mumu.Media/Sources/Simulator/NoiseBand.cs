// Fills the stream up to its bit rate.
using Mumu.Media.Sources.Simulator.Encoding;

namespace Mumu.Media.Sources.Simulator;

/// <summary>
/// A band of noise along the bottom of the picture. It is coded last, macroblock after macroblock until the picture's bits are spent; the next picture goes on where this one
/// stopped. A key frame begins with a clean band, may spend four times as much, and the pictures after it pay that back.
/// </summary>
internal sealed class NoiseBand
{
    private const int KeyFrameShare = 4;
    private const int LongestDebt = 20; // In pictures.
    private const int LongestCredit = 2;

    private readonly H264Encoder _encoder;
    private readonly Canvas _canvas;
    private readonly int _target;
    private readonly int _first;
    private readonly int _end;
    private int _next;
    private long _budget;
    private long _room;
    private uint _random = 0x2545F491;

    public NoiseBand(H264Encoder encoder, Canvas canvas, int top, int bottom, int bitsPerFrame)
    {
        var columns = encoder.Source.Columns;
        _encoder = encoder;
        _canvas = canvas;
        _target = bitsPerFrame;
        _first = _next = top / 16 * columns;
        _end = bottom / 16 * columns;
        encoder.LateFrom = _first;
        encoder.LateDrawing = Draw;
    }

    /// <summary>Before a picture is encoded.</summary>
    public void Begin(bool isKeyFrame)
    {
        _room = isKeyFrame ? (long)_target * KeyFrameShare : _target + _budget;
        if (isKeyFrame || _next >= _end)
        {
            _next = _first;
        }
        if (isKeyFrame)
        {
            var (width, top) = (_encoder.Source.Columns * 16, _first / _encoder.Source.Columns * 16);
            _canvas.Restore(0, top, width, _end / _encoder.Source.Columns * 16 - top);
        }
    }

    /// <summary>After it was encoded, with all it took.</summary>
    public void End(int bytes) =>
        _budget = Math.Clamp(_budget + _target - bytes * 8L, -(long)_target * LongestDebt, (long)_target * LongestCredit);

    private void Draw(int macroblock)
    {
        if (macroblock < _next || macroblock >= _end || _encoder.BitsWritten >= _room)
        {
            return;
        }
        _next = macroblock + 1;
        var (x, y) = (macroblock % _encoder.Source.Columns * 16, macroblock / _encoder.Source.Columns * 16);
        for (var row = 0; row < 16; row++)
        {
            foreach (ref var sample in _encoder.Source.Luma.Row(x, y + row, 16))
            {
                _random ^= _random << 13;
                _random ^= _random >> 17;
                _random ^= _random << 5;
                sample = (byte)(96 + (_random & 63));
            }
        }
        _encoder.Dirty[macroblock] = true;
    }
}
