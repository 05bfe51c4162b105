// What the depacketisers of VP8, VP9 and AV1 share: frames from pieces, and no damaged one.
namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>
/// Puts frames together. After a loss everything up to the next whole key frame is dropped and counted: what comes out can be decoded. A frame ends with the marker, or where the next
/// timestamp begins.
/// </summary>
public abstract class FrameDepacketizer : IRtpDepacketizer
{
    private long _timestamp;
    private bool _isOpen;
    private bool _isDamaged;
    private bool _needsKey = true;
    private bool _hasDelivered;

    private protected FrameDepacketizer() { }

    /// <inheritdoc />
    public long DroppedUnits { get; private set; }

    /// <inheritdoc />
    public long MalformedPayloads { get; private set; }

    /// <inheritdoc />
    public bool NeedsKeyFrame => _needsKey;

    private protected UnitAssembly Assembly { get; } = new(NalDepacketizer.MaxUnit);

    /// <inheritdoc />
    public void Push(ReadOnlySpan<byte> payload, long timestamp, bool marker, bool lost)
    {
        Assembly.Compact();
        var isNew = !_isOpen || timestamp != _timestamp;
        if (lost)
        {
            _isDamaged |= _isOpen;
        }
        if (isNew && _isOpen)
        {
            Finish();
        }
        if (payload.IsEmpty && !_isOpen)
        {
            _needsKey |= lost; // padding between frames, which carries nothing
            return;
        }
        if (isNew)
        {
            _isDamaged = false;
        }
        if (lost)
        {
            _needsKey = true;
            _isDamaged |= !isNew;
        }
        (_timestamp, _isOpen) = (timestamp, true);
        if (!payload.IsEmpty && !TryTake(payload, isNew, out var isBroken))
        {
            MalformedPayloads += isBroken ? 1 : 0;
            _isDamaged = true;
        }
        if (marker)
        {
            Finish();
        }
    }

    /// <inheritdoc />
    public bool TryRead(out DepacketizedUnit unit) => Assembly.TryRead(out unit);

    /// <summary>Appends what a payload holds. False if it can't be used: <paramref name="isBroken"/> where it breaks the rules, else since what belongs in front of it is missing.</summary>
    private protected abstract bool TryTake(ReadOnlySpan<byte> payload, bool isFirst, out bool isBroken);

    /// <summary>Completes the frame in work and tells whether decoding can start there. False if it is none.</summary>
    private protected abstract bool TryComplete(out bool isKeyFrame);

    private void Finish()
    {
        var isKey = false;
        if (_isDamaged || !TryComplete(out isKey) || (_needsKey && !isKey))
        {
            Assembly.Discard();
            DroppedUnits += _hasDelivered ? 1 : 0;
            _needsKey = true;
        }
        else
        {
            Assembly.Finish(_timestamp, isKey);
            _hasDelivered = true;
            _needsKey = false;
        }
        (_isOpen, _isDamaged) = (false, false);
    }
}
