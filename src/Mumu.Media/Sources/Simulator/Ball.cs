// The moving object of the simulator's picture.
namespace Mumu.Media.Sources.Simulator;

/// <summary>A white ball with a red core that bounces within a rectangle, a little further each frame.</summary>
internal sealed class Ball
{
    private static readonly Ink Core = new(81, 90, 240);

    private readonly Canvas _canvas;
    private readonly int _top;
    private readonly int _rangeX;
    private readonly int _rangeY;
    private readonly int _step;
    private readonly int[] _outer; // Half the width of each pair of rows.
    private readonly int[] _inner;
    private readonly int _side;
    private (int X, int Y)? _drawn;

    public Ball(Canvas canvas, int top, int bottom)
    {
        var width = canvas.Picture.Width;
        _canvas = canvas;
        _top = top;
        _side = Math.Min(width / 8, bottom - top) / 4 * 4;
        _rangeX = width - _side;
        _rangeY = bottom - top - _side;
        _step = Math.Max(1, width / 640);
        _outer = HalfWidths(_side, _side / 2);
        _inner = HalfWidths(_side, _side / 4);
    }

    public void Draw(uint frame)
    {
        if (_drawn is var (oldX, oldY))
        {
            _canvas.Restore(oldX, oldY, _side, _side);
        }
        var x = Bounce((long)frame * 2 * _step, _rangeX) & ~1;
        var y = _top + (Bounce((long)frame * _step, _rangeY) & ~1);
        for (var pair = 0; pair < _outer.Length; pair++)
        {
            Fill(x, y, pair, _outer[pair], Ink.White);
            Fill(x, y, pair, _inner[pair], Core);
        }
        _canvas.Mark(x, y, _side, _side);
        _drawn = (x, y);
    }

    private void Fill(int x, int y, int pair, int half, Ink ink)
    {
        if (half > 0)
        {
            _canvas.FillRows(x + _side / 2 - half, y + 2 * pair, 2 * half, ink);
        }
    }

    private static int Bounce(long distance, int range)
    {
        if (range <= 0)
        {
            return 0;
        }
        var at = (int)(distance % (2L * range));
        return at > range ? 2 * range - at : at;
    }

    /// <summary>For each pair of rows of a square, half the width of the circle there, even.</summary>
    private static int[] HalfWidths(int side, int radius)
    {
        var halves = new int[side / 2];
        for (var pair = 0; pair < halves.Length; pair++)
        {
            var height = 2 * pair + 1 - side / 2;
            halves[pair] = (int)Math.Sqrt(Math.Max(0, radius * radius - height * height)) & ~1;
        }
        return halves;
    }
}
