// AAC frames from RTP payloads.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>
/// Depacketises AAC (RFC 3640 §3.2, modes AAC-hbr and AAC-lbr): several frames a packet, or one frame over several packets.
/// </summary>
/// <param name="sizeLength">Bits of a frame's size, 1–16: 13 in AAC-hbr.</param>
/// <param name="indexLength">Bits of the first frame's index, 0–15: 3 in AAC-hbr.</param>
/// <param name="indexDeltaLength">Bits of the index of those that follow, 0–15: 3 in AAC-hbr.</param>
/// <param name="samplesPerFrame">Ticks from frame to frame: 1024, rarely 960 or (HE-AAC at the full clock) 2048.</param>
public sealed class AacDepacketizer(int sizeLength = 13, int indexLength = 3, int indexDeltaLength = 3, int samplesPerFrame = 1024)
    : IRtpDepacketizer
{
    private const int MaxFrames = 64;
    private readonly UnitAssembly _assembly = new(NalDepacketizer.MaxUnit);
    private readonly int _sizeLength = Math.Clamp(sizeLength, 1, 16);
    private readonly int _indexLength = Math.Clamp(indexLength, 0, 15);
    private readonly int _indexDeltaLength = Math.Clamp(indexDeltaLength, 0, 15);
    private int _fragmentSize; // whole size of the frame in fragments, 0 when none is in work
    private long _fragmentTimestamp;

    /// <inheritdoc />
    public long DroppedUnits { get; private set; }

    /// <inheritdoc />
    public long MalformedPayloads { get; private set; }

    /// <inheritdoc />
    public void Push(ReadOnlySpan<byte> payload, long timestamp, bool marker, bool lost)
    {
        _assembly.Compact();
        if (_fragmentSize > 0 && (lost || timestamp != _fragmentTimestamp))
        {
            DropFragments();
        }
        if (!payload.IsEmpty && !TryTake(payload, timestamp))
        {
            MalformedPayloads++;
            DropFragments();
        }
    }

    /// <inheritdoc />
    public bool TryRead(out DepacketizedUnit unit) => _assembly.TryRead(out unit);

    private bool TryTake(ReadOnlySpan<byte> payload, long timestamp)
    {
        if (payload.Length < 2)
        {
            return false;
        }
        int headerBits = BinaryPrimitives.ReadUInt16BigEndian(payload);
        var headerBytes = (headerBits + 7) / 8;
        if (headerBits < _sizeLength + _indexLength || payload.Length < 2 + headerBytes)
        {
            return false;
        }
        var headers = payload.Slice(2, headerBytes);
        var data = payload[(2 + headerBytes)..];
        var bit = 0;
        for (var frame = 0; frame < MaxFrames; frame++)
        {
            var indexBits = frame == 0 ? _indexLength : _indexDeltaLength;
            if (bit + _sizeLength + indexBits > headerBits)
            {
                return frame > 0 && data.IsEmpty;
            }
            var size = ReadBits(headers, bit, _sizeLength);
            bit += _sizeLength + indexBits;
            if (size == 0)
            {
                return false;
            }
            if (size > data.Length)
            {
                // Only a packet with one frame may hold a part of it (§3.2.3.1).
                return frame == 0 && TryTakeFragment(data, size, timestamp);
            }
            DropFragments();
            if (!_assembly.TryAppend(data[..size]))
            {
                return false;
            }
            _assembly.Finish(timestamp + (long)frame * samplesPerFrame, isKeyFrame: true);
            data = data[size..];
            if (data.IsEmpty)
            {
                return true;
            }
        }
        return false;
    }

    private bool TryTakeFragment(ReadOnlySpan<byte> data, int size, long timestamp)
    {
        if (_fragmentSize != size)
        {
            DropFragments();
        }
        (_fragmentSize, _fragmentTimestamp) = (size, timestamp);
        if (_assembly.Length + data.Length > size || !_assembly.TryAppend(data))
        {
            return false;
        }
        if (_assembly.Length == size)
        {
            _assembly.Finish(timestamp, isKeyFrame: true);
            _fragmentSize = 0;
        }
        return true;
    }

    private void DropFragments()
    {
        if (_fragmentSize > 0)
        {
            DroppedUnits++;
            _fragmentSize = 0;
            _assembly.Discard();
        }
    }

    private static int ReadBits(ReadOnlySpan<byte> bytes, int from, int count)
    {
        var value = 0;
        for (var bit = from; bit < from + count; bit++)
        {
            value = (value << 1) | ((bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
        }
        return value;
    }
}
