// The clock and the frame counter that people read off the picture.
using System.Globalization;

namespace Mumu.Media.Sources.Simulator;

/// <summary>Writes "09:59:59.123 #00000042" into the picture; only the letters that changed.</summary>
internal sealed class ClockText(Canvas canvas, int x, int y, int scale)
{
    private const int Length = 22; // "HH:mm:ss.fff #" and eight digits
    private const uint Wrap = 100_000_000;

    private readonly char[] _text = new char[Length];
    private readonly char[] _drawn = new char[Length];

    /// <summary>Height in pixels of letters of this scale.</summary>
    public static int Height(int scale) => Glyphs.Rows * scale;

    public void Draw(DateTime clock, uint frame)
    {
        clock.TryFormat(_text, out var length, "HH:mm:ss.fff' #'", CultureInfo.InvariantCulture);
        (frame % Wrap).TryFormat(_text.AsSpan(length), out _, "D8", CultureInfo.InvariantCulture);
        for (var i = 0; i < Length; i++)
        {
            if (_text[i] != _drawn[i])
            {
                DrawLetter(_text[i], x + i * (Glyphs.Columns + 1) * scale);
                _drawn[i] = _text[i];
            }
        }
    }

    private void DrawLetter(char letter, int left)
    {
        for (var row = 0; row < Glyphs.Rows; row++)
        {
            for (var column = 0; column < Glyphs.Columns; column++)
            {
                var ink = Glyphs.HasDot(letter, column, row) ? Ink.White : Ink.Black;
                canvas.FillLuma(left + column * scale, y + row * scale, scale, scale, ink.Luma);
            }
        }
    }
}
