// H.264 and H.265: cuts PES packets into access units with lengths in front of NAL units.
using System.Buffers.Binary;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.MpegTs.Tracks;

/// <summary>
/// A video track. A PES packet holds one picture, or several that delimiters part. After a loss everything up to the next key frame is dropped and counted. A key frame leaves with its parameter sets in front.
/// </summary>
internal sealed class NalTrackReader(TsStream stream, TsTimeline timeline, TsUnits units) : TsTrackReader(stream, timeline, units)
{
    private const int ClockRate = 90_000;
    private const int UsualStep = 3_600;
    private readonly byte[] _collected = new byte[ParameterSets.MaxLength];
    private byte[] _sets = [];
    private byte[] _unit = new byte[64 * 1024];
    private int _length;
    private bool _needsKey = true;
    private bool _hasSets; // in the unit in work
    private bool _hasRandomAccess;
    private bool _hasSlice;
    private long _step = UsualStep;
    private long? _lastDecode;
    private TsTrack? _track;

    public override TsTrack? Track => _track;

    public override void Reset() => _lastDecode = null;

    protected override void Damage()
    {
        _needsKey = true;
        Dropped++;
    }

    protected override void Take(ReadOnlySpan<byte> data, (long Presentation, long Decode)? times, bool isRandomAccess)
    {
        var (presentation, decode) = times ?? (_lastDecode + _step ?? -1, _lastDecode + _step ?? -1);
        if (times is null && _lastDecode is null)
        {
            Dropped++;
            return;
        }
        if (times is not null && _lastDecode is { } last && decode - last is > 0 and < ClockRate)
        {
            _step = decode - last;
        }
        var longest = data.Length / 3 * 4 + 8; // each start code of three bytes becomes a length of four
        if (_unit.Length < longest)
        {
            _unit = new byte[longest];
        }
        Begin();
        var isFirst = true;
        var reader = new AnnexBReader(data);
        while (reader.TryRead(out var nal))
        {
            if (IsDelimiter(nal))
            {
                if (_hasSlice)
                {
                    Finish(presentation, decode, isRandomAccess && isFirst);
                    (presentation, decode, isFirst) = (presentation + _step, decode + _step, false);
                }
                continue;
            }
            Append(nal);
        }
        if (_length > 0)
        {
            Finish(presentation, decode, isRandomAccess && isFirst);
        }
        else if (isFirst)
        {
            Malformed++;
        }
    }

    private void Begin() => (_length, _hasSets, _hasRandomAccess, _hasSlice) = (0, false, false, false);

    private void Append(ReadOnlySpan<byte> nal)
    {
        BinaryPrimitives.WriteInt32BigEndian(_unit.AsSpan(_length), nal.Length);
        nal.CopyTo(_unit.AsSpan(_length + 4));
        _length += 4 + nal.Length;
        _hasSets |= NalHeader.IsParameterSet(Stream.Codec, nal);
        _hasRandomAccess |= NalHeader.IsRandomAccess(Stream.Codec, nal);
        _hasSlice |= IsSlice(nal);
    }

    private void Finish(long presentation, long decode, bool isRandomAccess)
    {
        var unit = _unit.AsSpan(0, _length);
        if (_hasSets)
        {
            var sets = _collected.AsSpan(0, ParameterSets.Collect(Stream.Codec, unit, _collected));
            if (!sets.IsEmpty && !sets.SequenceEqual(_sets))
            {
                _sets = sets.ToArray();
                _track = new TsTrack(Stream.Pid, Stream.Codec, ClockRate, 0, _sets);
            }
        }
        // Broadcasters have no IDR, but say where decoding can start and repeat the parameter sets there.
        var isKey = _hasSlice && (_hasRandomAccess || (isRandomAccess && _hasSets));
        var isComplete = isKey && _sets.Length > 0;
        if (_hasSlice && (isComplete || !_needsKey))
        {
            _needsKey &= !isComplete;
            Units.Add(this, isKey && !_hasSets ? _sets : default, unit, presentation, decode, isComplete);
        }
        else if (_hasSlice)
        {
            Dropped++;
        }
        _lastDecode = decode;
        Begin();
    }

    private bool IsDelimiter(ReadOnlySpan<byte> nal) =>
        Stream.Codec == Codec.H264
            ? NalHeader.H264Type(nal) == H264NalType.AccessUnitDelimiter
            : NalHeader.H265Type(nal) == H265NalType.AccessUnitDelimiter;

    private bool IsSlice(ReadOnlySpan<byte> nal) =>
        Stream.Codec == Codec.H264 ? ((int)NalHeader.H264Type(nal)) is >= 1 and <= 5 : (int)NalHeader.H265Type(nal) < 32;
}
