// What the depacketisers of NAL-unit formats share: pictures from packets, tolerant of what cameras get wrong.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>
/// Puts pictures together from single NAL units, shared packets and fragments. After a loss everything up to the next whole key frame is dropped and counted.
/// Tolerated: a marker bit on every NAL unit or on none, parameter sets with a timestamp of their own, start codes inside payloads, a missing last-fragment bit,
/// parameter sets only in the description or only in the band. A key frame always leaves with its parameter sets in front.
/// </summary>
public abstract class NalDepacketizer : IRtpDepacketizer
{
    /// <summary>Largest picture in bytes.</summary>
    public const int MaxUnit = 8 * 1024 * 1024;

    private readonly UnitAssembly _assembly = new(MaxUnit);
    private readonly int _nalHeader;
    private long _timestamp;
    private int _fragmentStart = -1; // where the NAL unit in fragments begins in the unit in work
    private bool _isOpen; // something of the unit in work has come
    private bool _isDamaged;
    private bool _hasSlice;
    private bool _hasSets;
    private bool _isKey;
    private bool _needsKey = true;
    private bool _hasDelivered;
    private bool _ignoresMarker;
    private bool _endedByMarker;
    private long _endedTimestamp;

    private protected NalDepacketizer(int nalHeader) => _nalHeader = nalHeader;

    /// <inheritdoc />
    public long DroppedUnits { get; private set; }

    /// <inheritdoc />
    public long MalformedPayloads { get; private set; }

    /// <summary>The parameter sets known so far.</summary>
    public KnownParameterSets ParameterSets { get; } = new();

    /// <summary>True when every kind of parameter set that a decoder needs is known.</summary>
    public bool HasParameterSets => HasAllSets;

    /// <inheritdoc />
    public bool NeedsKeyFrame => _needsKey;

    /// <summary>Gives parameter sets from the session description; what is no parameter set is ignored.</summary>
    public void AddParameterSet(ReadOnlySpan<byte> nal)
    {
        nal = EmbeddedNals.TrimStartCode(nal);
        if (nal.Length > _nalHeader && KindOf(nal) == NalKind.ParameterSet)
        {
            Remember(nal);
        }
    }

    /// <inheritdoc />
    public void Push(ReadOnlySpan<byte> payload, long timestamp, bool marker, bool lost)
    {
        _assembly.Compact();
        var isNew = !_isOpen || timestamp != _timestamp;
        if (lost)
        {
            _isDamaged |= _isOpen;
            _fragmentStart = -1;
        }
        if (isNew && (_hasSlice || _isDamaged))
        {
            FinishUnit();
        }
        if (lost)
        {
            _needsKey = true;
            _isDamaged = !(isNew && BeginsPicture(payload));
        }
        (_timestamp, _isOpen) = (timestamp, true);
        if (!TryTake(payload))
        {
            MalformedPayloads++;
            _isDamaged = true;
        }
        if (marker && (_hasSlice || _isDamaged) && !_ignoresMarker)
        {
            FinishUnit();
            _endedByMarker = true;
        }
    }

    /// <inheritdoc />
    public bool TryRead(out DepacketizedUnit unit) => _assembly.TryRead(out unit);

    private protected abstract NalKind KindOf(ReadOnlySpan<byte> nal);

    /// <summary>True when every kind of parameter set a decoder needs is known.</summary>
    private protected abstract bool HasAllSets { get; }

    private protected abstract void Remember(ReadOnlySpan<byte> nal);

    /// <summary>True for the parameter set without which a key frame is none: the SPS.</summary>
    private protected abstract bool IsSequenceSet(ReadOnlySpan<byte> nal);

    /// <summary>Takes a fragment apart: its flags, the header of the NAL unit it belongs to (written to <paramref name="header"/>) and its piece.</summary>
    private protected abstract bool TryReadFragment(
        ReadOnlySpan<byte> payload,
        Span<byte> header,
        out bool isFirst,
        out ReadOnlySpan<byte> piece
    );

    private bool TryTake(ReadOnlySpan<byte> payload)
    {
        payload = EmbeddedNals.TrimStartCode(payload);
        if (payload.Length <= _nalHeader)
        {
            return payload.IsEmpty; // keep-alive packets without payload are harmless
        }
        switch (KindOf(payload))
        {
            case NalKind.Aggregation:
                return TryTakeAggregate(payload[_nalHeader..]);
            case NalKind.Fragment:
                return TryTakeFragment(payload);
            case NalKind.Unsupported:
                return false;
            case NalKind.ParameterSet:
            case NalKind.Other:
                foreach (var nal in new EmbeddedNals(payload))
                {
                    if (!TryTakeNal(nal))
                    {
                        return false;
                    }
                }
                return true;
            default:
                return TryTakeNal(payload);
        }
    }

    private bool TryTakeAggregate(ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 2)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length > rest.Length - 2 || (length > 0 && !TryTakeNal(rest.Slice(2, length))))
            {
                return false;
            }
            rest = rest[(2 + length)..];
        }
        return true;
    }

    private bool TryTakeNal(ReadOnlySpan<byte> nal)
    {
        _fragmentStart = -1;
        if (nal.Length <= _nalHeader)
        {
            return true;
        }
        if (_hasSlice && KindOf(nal) == NalKind.ParameterSet)
        {
            Remember(nal); // GStreamer repeats them between the slices of a key frame, where they would cut it in two.
            return true;
        }
        return TryNote(nal, isWhole: true) && _assembly.TryAppendNal(nal);
    }

    private bool TryTakeFragment(ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[4]; // the NAL unit's header and the first byte behind it, which tells a picture's first slice
        if (!TryReadFragment(payload, head, out var isFirst, out var piece))
        {
            return false;
        }
        if (piece.IsEmpty)
        {
            return true;
        }
        if (isFirst)
        {
            head[_nalHeader] = piece[0];
            if (!TryNote(head[..(_nalHeader + 1)], isWhole: false))
            {
                return false;
            }
            _fragmentStart = _assembly.Length;
            if (!_assembly.TryAppendNal(head[.._nalHeader]))
            {
                return false;
            }
        }
        else if (_fragmentStart < 0)
        {
            _isDamaged = true; // its beginning is missing, and that is counted already
            return true;
        }
        if (!_assembly.TryAppend(piece))
        {
            return false;
        }
        // The length is kept right after every piece, so that a last-fragment bit that never comes does no harm.
        BinaryPrimitives.WriteInt32BigEndian(_assembly.InWork[_fragmentStart..], _assembly.Length - _fragmentStart - 4);
        return true;
    }

    // Notes what a NAL unit means for the picture in work; before the first slice of a key frame the known parameter sets go in when the camera did not send them.
    private bool TryNote(ReadOnlySpan<byte> nal, bool isWhole)
    {
        var kind = KindOf(nal);
        switch (kind)
        {
            case NalKind.ParameterSet:
                if (isWhole)
                {
                    Remember(nal);
                }
                _hasSets |= IsSequenceSet(nal);
                return true;
            case NalKind.Slice or NalKind.IntraSlice or NalKind.KeySlice:
                NoteEarlyMarker(nal);
                var isFirst = !_hasSlice;
                _hasSlice = true;
                _isKey |= kind == NalKind.KeySlice || (kind == NalKind.IntraSlice && _hasSets);
                if (!isFirst || !_isKey)
                {
                    return true;
                }
                if (!HasAllSets)
                {
                    _isDamaged = true;
                    return true;
                }
                return _hasSets || ParameterSets.TryAppendTo(_assembly);
            case NalKind.Aggregation or NalKind.Fragment or NalKind.Unsupported:
                return false; // nested: no such thing
            default:
                return true;
        }
    }

    // A slice that continues the picture which a marker just ended: this camera marks every NAL unit, so from now on only timestamps end pictures.
    private void NoteEarlyMarker(ReadOnlySpan<byte> nal)
    {
        if (_endedByMarker && !_hasSlice && !IsFirstSlice(nal) && _timestamp == _endedTimestamp)
        {
            _ignoresMarker = true;
            _isDamaged = true;
        }
        _endedByMarker = false;
    }

    private bool IsFirstSlice(ReadOnlySpan<byte> nal) => nal.Length > _nalHeader && (nal[_nalHeader] & 0x80) != 0;

    private bool BeginsPicture(ReadOnlySpan<byte> payload)
    {
        payload = EmbeddedNals.TrimStartCode(payload);
        if (payload.Length <= _nalHeader)
        {
            return false;
        }
        switch (KindOf(payload))
        {
            case NalKind.ParameterSet or NalKind.Aggregation:
                return true;
            case NalKind.Fragment:
                Span<byte> head = stackalloc byte[4];
                return TryReadFragment(payload, head, out var isFirst, out var piece)
                    && isFirst
                    && !piece.IsEmpty
                    && (piece[0] & 0x80) != 0;
            case NalKind.Slice or NalKind.IntraSlice or NalKind.KeySlice:
                return IsFirstSlice(payload);
            default:
                return false;
        }
    }

    private void FinishUnit()
    {
        if (_isDamaged || (_needsKey && !_isKey))
        {
            _assembly.Discard();
            DroppedUnits += _hasDelivered ? 1 : 0;
            _needsKey = true;
        }
        else
        {
            _assembly.Finish(_timestamp, _isKey);
            _hasDelivered = true;
            _needsKey = false;
        }
        _endedTimestamp = _timestamp;
        _fragmentStart = -1;
        (_isOpen, _isDamaged, _hasSlice, _hasSets, _isKey) = (false, false, false, false, false);
    }
}
