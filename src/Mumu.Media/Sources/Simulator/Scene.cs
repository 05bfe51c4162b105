// The simulator's picture: bars, a ramp, a ball, a clock and a counter.
using Mumu.Media.Sources.Simulator.Encoding;

namespace Mumu.Media.Sources.Simulator;

/// <summary>Lays the picture out and draws each frame. From the top: a dark band with counter strip and clock, colour bars with the ball, a grey ramp that the noise goes over.</summary>
internal sealed class Scene
{
    private static readonly Ink[] Bars =
    [
        new(180, 128, 128),
        new(168, 44, 136),
        new(145, 147, 44),
        new(133, 63, 52),
        new(63, 193, 204),
        new(51, 109, 212),
        new(28, 212, 120),
        Ink.Black,
    ];

    private readonly Canvas _canvas;
    private readonly Ball _ball;
    private readonly ClockText _clock;

    public Scene(H264Encoder encoder)
    {
        _canvas = new Canvas(encoder.Source, encoder.Dirty);
        var (width, height) = (encoder.Source.Width, encoder.Source.Height);
        var scale = Math.Clamp(width / 320, 1, 6);
        var clockTop = CounterStrip.Top + (CounterStrip.RowCount(width) + 1) * CounterStrip.Side;
        var barsTop = (clockTop + ClockText.Height(scale) + 8 + 15) / 16 * 16;
        NoiseBottom = height / 16 * 16;
        NoiseTop = NoiseBottom - Math.Max(1, height / 16 / 4) * 16;
        DrawBackground(barsTop, NoiseTop);
        _ball = new Ball(_canvas, barsTop, NoiseTop);
        _clock = new ClockText(_canvas, 16, clockTop, scale);
    }

    public Canvas Canvas => _canvas;

    /// <summary>First row of the noise band, in pixels; a multiple of 16.</summary>
    public int NoiseTop { get; }

    /// <summary>The row after its last.</summary>
    public int NoiseBottom { get; }

    public void Draw(uint frame, DateTime clock)
    {
        _ball.Draw(frame);
        _clock.Draw(clock, frame);
        DrawCounter(frame);
    }

    private void DrawCounter(uint frame)
    {
        var luma = _canvas.Picture.Luma;
        for (var bit = 0; bit < CounterStrip.Bits; bit++)
        {
            var (x, y) = CounterStrip.Corner(_canvas.Picture.Width, bit);
            var value = (frame >> bit & 1) != 0 ? CounterStrip.One : CounterStrip.Zero;
            if (luma.Row(x, y, 1)[0] != value)
            {
                _canvas.FillLuma(x, y, CounterStrip.Side, CounterStrip.Side, value);
            }
        }
    }

    private void DrawBackground(int barsTop, int rampTop)
    {
        var picture = _canvas.Picture;
        var (width, height) = (picture.Columns * 16, picture.Rows * 16);
        _canvas.Fill(0, 0, width, barsTop, Ink.Black);
        for (var bar = 0; bar < Bars.Length; bar++)
        {
            var (left, right) = (bar * width / Bars.Length & ~1, (bar + 1) * width / Bars.Length & ~1);
            _canvas.Fill(left, barsTop, right - left, rampTop - barsTop, Bars[bar]);
        }
        for (var x = 0; x < width; x += 2)
        {
            _canvas.Fill(x, rampTop, 2, height - rampTop, new Ink((byte)(16 + x * 219 / width), 128, 128));
        }
        _canvas.KeepBackground();
    }
}
