// Finds packets in a stream of bytes.
namespace Mumu.Protocols.MpegTs;

/// <summary>
/// Finds transport packets by their sync bytes, wherever the stream begins and whatever is lost: plain packets of 188 bytes, with a time stamp in front (192) or with check bytes behind (204).
/// </summary>
internal sealed class TsSync
{
    private const int Looks = 3; // sync bytes in a row that are believed
    private byte[] _held = new byte[16 * 1024];
    private int _start;
    private int _end;
    private int _stride; // 0 while lost

    /// <summary>How often sync was lost after it had been found.</summary>
    public long Losses { get; private set; }

    /// <summary>Bytes that belonged to no packet.</summary>
    public long Skipped { get; private set; }

    /// <summary>Takes bytes; read all packets before the next ones.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_start > 0)
        {
            _held.AsSpan(_start, _end - _start).CopyTo(_held);
            (_start, _end) = (0, _end - _start);
        }
        if (bytes.Length > _held.Length - _end)
        {
            Array.Resize(ref _held, Math.Max(_held.Length * 2, _end + bytes.Length));
        }
        bytes.CopyTo(_held.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Gives the next packet, valid until the next <see cref="Append"/>.</summary>
    /// <param name="isLast">True if nothing more will come, so that fewer sync bytes have to do.</param>
    /// <param name="packet">Its 188 bytes.</param>
    public bool TryRead(bool isLast, out ReadOnlySpan<byte> packet)
    {
        while (true)
        {
            if (_stride == 0 && !TryFind(isLast))
            {
                packet = default;
                return false;
            }
            if (_end - _start < TsPacket.Length)
            {
                packet = default;
                return false;
            }
            if (_held[_start] == TsPacket.Sync)
            {
                packet = _held.AsSpan(_start, TsPacket.Length);
                // What stands between packets may still be under way; the last packet has nothing behind it.
                var next = _start + _stride;
                if (next > _end && !isLast)
                {
                    packet = default;
                    return false;
                }
                _start = Math.Min(next, _end);
                return true;
            }
            _stride = 0;
            Losses++;
        }
    }

    private bool TryFind(bool isLast)
    {
        for (; _start < _end; _start++, Skipped++)
        {
            if (_held[_start] != TsPacket.Sync)
            {
                continue;
            }
            var mayYet = false;
            foreach (var stride in (ReadOnlySpan<int>)[188, 192, 204])
            {
                var seen = 1;
                while (seen < Looks && _start + seen * stride < _end && _held[_start + seen * stride] == TsPacket.Sync)
                {
                    seen++;
                }
                var isShort = seen < Looks && _start + seen * stride >= _end;
                if (seen == Looks || (isLast && isShort))
                {
                    _stride = stride;
                    return true;
                }
                mayYet |= isShort;
            }
            if (mayYet)
            {
                return false;
            }
        }
        return false;
    }
}
