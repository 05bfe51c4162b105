// Puts the sections of tables together from packets (ISO/IEC 13818-1 §2.4.4).
namespace Mumu.Protocols.MpegTs;

/// <summary>The sections of one PID: checked by their CRC, bounded at 1024 bytes.</summary>
internal sealed class SectionReader
{
    private const int MaxLength = 1024;
    private readonly byte[] _bytes = new byte[MaxLength];
    private int _have;
    private bool _isOpen;

    /// <summary>Sections whose bytes made no sense.</summary>
    public long Malformed { get; private set; }

    /// <summary>Forgets a section in work: a packet was lost.</summary>
    public void Reset() => _isOpen = false;

    /// <summary>
    /// Takes a packet's payload and gives whole sections one at a time: call again with the same payload and position until it is false.
    /// </summary>
    /// <param name="payload">The payload.</param>
    /// <param name="starts">True if a section begins in it.</param>
    /// <param name="at">Where to go on; 0 at first.</param>
    /// <param name="section">The section from its table id on, without its CRC; valid until the next call.</param>
    public bool TryRead(ReadOnlySpan<byte> payload, bool starts, ref int at, out ReadOnlySpan<byte> section)
    {
        section = default;
        var pointer = starts && !payload.IsEmpty ? payload[0] : 0;
        var begin = starts ? 1 + pointer : payload.Length;
        if (begin > payload.Length)
        {
            Malformed++;
            _isOpen = false;
            at = payload.Length;
            return false;
        }
        at = Math.Max(at, starts ? 1 : 0);
        while (at < payload.Length)
        {
            if (at == begin || (at > begin && !_isOpen))
            {
                // What is still open at the pointer's target was cut short.
                if (payload[at] == 0xFF)
                {
                    _isOpen = false;
                    at = payload.Length;
                    return false;
                }
                (_isOpen, _have) = (true, 0);
            }
            var limit = at < begin ? begin : payload.Length;
            if (!_isOpen)
            {
                at = limit;
                continue;
            }
            if (TryFill(payload[..limit], ref at, out section))
            {
                return true;
            }
        }
        return false;
    }

    private bool TryFill(ReadOnlySpan<byte> payload, ref int at, out ReadOnlySpan<byte> section)
    {
        section = default;
        Fill(payload, ref at, 3);
        if (_have < 3)
        {
            return false;
        }
        var length = 3 + ((_bytes[1] & 0x0F) << 8 | _bytes[2]);
        if (length > MaxLength)
        {
            Malformed++;
            _isOpen = false;
            at = payload.Length;
            return false;
        }
        Fill(payload, ref at, length);
        if (_have < length)
        {
            return false;
        }
        _isOpen = false;
        if (length < 12 || TsCrc.Compute(_bytes.AsSpan(0, length)) != 0)
        {
            Malformed++;
            return false;
        }
        section = _bytes.AsSpan(0, length - 4);
        return true;
    }

    private void Fill(ReadOnlySpan<byte> payload, ref int at, int until)
    {
        var take = Math.Min(payload.Length - at, until - _have);
        if (take > 0)
        {
            payload.Slice(at, take).CopyTo(_bytes.AsSpan(_have));
            _have += take;
            at += take;
        }
    }
}
