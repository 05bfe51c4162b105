// Makes damaged inputs from honest ones, the same ones for the same seed.
using System.Buffers.Binary;

namespace Mumu.Fuzz;

/// <summary>Applies a few random changes to a random honest input: bits, edges of number ranges, words of the format, cuts, repeats, pieces of another input.</summary>
internal sealed class Mutator(FuzzTarget target, int seed)
{
    private const int MaxLength = 64 * 1024;
    private static readonly long[] s_edges =
    [
        0,
        1,
        2,
        4,
        7,
        8,
        15,
        16,
        31,
        32,
        127,
        128,
        255,
        256,
        32767,
        32768,
        65535,
        65536,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        -1,
    ];
    private readonly Random _random = new(seed);
    private byte[] _bytes = new byte[MaxLength];
    private int _length;

    /// <summary>The next input, valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var origin = target.Corpus[_random.Next(target.Corpus.Count)];
        _length = Math.Min(origin.Length, MaxLength);
        origin.AsSpan(0, _length).CopyTo(_bytes);
        for (var changes = 1 + Math.Min(_random.Next(8), _random.Next(8)); changes > 0; changes--)
        {
            Change();
        }
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>A copy of the input last made.</summary>
    public byte[] Copy() => _bytes[.._length];

    private void Change()
    {
        var kind = _random.Next(target.Words.Count > 0 ? 10 : 9);
        if (_length == 0)
        {
            kind = 6;
        }
        switch (kind)
        {
            case 0:
                _bytes[At()] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                _bytes[At()] = (byte)_random.Next(256);
                break;
            case 2:
                WriteEdge();
                break;
            case 3:
                _length = _random.Next(_length + 1);
                break;
            case 4: // cut out
                var from = At();
                var to = from + _random.Next(Math.Min(64, _length - from) + 1);
                _bytes.AsSpan(to, _length - to).CopyTo(_bytes.AsSpan(from));
                _length -= to - from;
                break;
            case 5: // repeat, now and then very often
                var start = At();
                var piece = _bytes.AsSpan(start, 1 + _random.Next(Math.Min(64, _length - start))).ToArray();
                for (var times = _random.Next(16) == 0 ? _random.Next(400) : 1; times > 0; times--)
                {
                    Insert(start, piece);
                }
                break;
            case 6:
                Span<byte> noise = stackalloc byte[1 + _random.Next(16)];
                _random.NextBytes(noise);
                Insert(_random.Next(_length + 1), noise);
                break;
            case 7: // a piece of another honest input
                var other = target.Corpus[_random.Next(target.Corpus.Count)];
                var begin = _random.Next(other.Length + 1);
                Insert(_random.Next(_length + 1), other.AsSpan(begin, _random.Next(other.Length - begin + 1)));
                break;
            case 8:
                _bytes[At()] += (byte)_random.Next(-2, 3);
                break;
            default:
                var word = target.Words[_random.Next(target.Words.Count)];
                if (_random.Next(2) == 0)
                {
                    Insert(_random.Next(_length + 1), word);
                }
                else
                {
                    var at = At();
                    word.AsSpan(0, Math.Min(word.Length, _length - at)).CopyTo(_bytes.AsSpan(at));
                }
                break;
        }
    }

    private int At() => _random.Next(_length);

    private void WriteEdge()
    {
        var edge = s_edges[_random.Next(s_edges.Length)];
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, edge);
        var at = At();
        var width = Math.Min(1 << _random.Next(4), _length - at);
        number[^width..].CopyTo(_bytes.AsSpan(at));
    }

    private void Insert(int at, ReadOnlySpan<byte> piece)
    {
        if (_length + piece.Length <= MaxLength)
        {
            _bytes.AsSpan(at, _length - at).CopyTo(_bytes.AsSpan(at + piece.Length));
            piece.CopyTo(_bytes.AsSpan(at));
            _length += piece.Length;
        }
    }
}
