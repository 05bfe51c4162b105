// The picture that stands in for a camera that is away.
using System.Globalization;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Sources.Simulator.Encoding;
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Filler;

/// <summary>Dark, with “CAMERA OFFLINE SINCE” and the time; H.264 of the camera's size, encoded here.</summary>
internal sealed class FillerPicture
{
    /// <summary>Pictures a second.</summary>
    public const int Fps = 5;

    private const int Quantizer = 26;
    private const int KeyEvery = 2 * Fps;
    private readonly H264Encoder _encoder;
    private readonly byte[] _slice;
    private int _number;

    /// <summary>Draws it.</summary>
    /// <param name="width">Pixels; brought to what the encoder takes.</param>
    /// <param name="height">Pixels; the same.</param>
    /// <param name="since">The time to show, local.</param>
    public FillerPicture(int width, int height, DateTimeOffset since)
    {
        (width, height) = (Math.Clamp(width, 256, 4096) & ~1, Math.Clamp(height, 144, 2304) & ~1);
        _encoder = new H264Encoder(width, height, Fps);
        _slice = new byte[_encoder.MaxLength];
        var canvas = new Canvas(_encoder.Source, _encoder.Dirty);
        canvas.Fill(0, 0, width, height, new Ink(32, 128, 128));
        var scale = Math.Clamp(width / 160, 1, 12);
        Write(canvas, "CAMERA OFFLINE", width, height / 2 - 9 * scale, scale);
        Write(canvas, "SINCE " + since.ToString("HH:mm:ss", CultureInfo.InvariantCulture), width, height / 2 + 2 * scale, scale);
    }

    /// <summary>SPS and PPS, length-prefixed.</summary>
    public byte[] Headers => _encoder.Headers;

    /// <summary>Makes the next picture; the caller sets track and times.</summary>
    public Unit Next()
    {
        var isKeyFrame = _number++ % KeyEvery == 0;
        var slice = _slice.AsSpan(0, _encoder.Encode(_slice, isKeyFrame, Quantizer));
        ReadOnlySpan<byte> headers = isKeyFrame ? Headers : [];
        var unit = Unit.Rent(headers.Length + slice.Length);
        headers.CopyTo(unit.Buffer);
        slice.CopyTo(unit.Buffer[headers.Length..]);
        unit.IsKeyFrame = isKeyFrame;
        return unit;
    }

    private static void Write(Canvas canvas, string text, int width, int top, int scale)
    {
        var left = Math.Max(0, (width - text.Length * (Glyphs.Columns + 1) * scale) / 2);
        foreach (var letter in text)
        {
            for (var row = 0; row < Glyphs.Rows; row++)
            {
                for (var column = 0; column < Glyphs.Columns; column++)
                {
                    if (Glyphs.HasDot(letter, column, row))
                    {
                        canvas.FillLuma(left + column * scale, top + row * scale, scale, scale, Ink.White.Luma);
                    }
                }
            }
            left += (Glyphs.Columns + 1) * scale;
        }
    }
}
