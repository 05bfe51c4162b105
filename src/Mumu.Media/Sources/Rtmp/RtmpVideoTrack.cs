// The picture that comes over RTMP.
using System.Buffers.Binary;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Sources.Rtmp;

/// <summary>Keeps the decoder's configuration and makes units: NAL units behind four bytes, every key frame with its parameter sets in front.</summary>
internal sealed class RtmpVideoTrack
{
    private const int TicksOfMillisecond = 90;
    private const int MaxNals = 512;
    private int _lengthSize = 4;

    /// <summary>What is known of the format; another object when it changes.</summary>
    internal TrackFormat? Format { get; private set; }

    /// <summary>Takes a tag; gives a unit where it held a frame that can be passed on.</summary>
    internal Unit? Take(in FlvVideoTag tag, long place, TimeSpan now)
    {
        if (tag.Content == FlvContent.Configuration)
        {
            if (DecoderConfiguration.TryRead(tag.Codec, tag.Body, out var configuration, out var size))
            {
                _lengthSize = size;
                Know(tag.Codec, configuration);
            }
            return null;
        }
        if (tag.Content != FlvContent.Frame || tag.Body.IsEmpty)
        {
            return null;
        }
        var unit = tag.Codec switch
        {
            Codec.H264 or Codec.H265 => OfNals(tag),
            Codec.Av1 => OfObus(tag.Body),
            _ => Unit.Copy(tag.Body),
        };
        if (unit is null)
        {
            return null;
        }
        if (Format?.Codec != tag.Codec)
        {
            // No configuration came before it: the key frame tells.
            Span<byte> found = stackalloc byte[ParameterSets.MaxLength];
            var length = tag.IsKeyFrame ? ParameterSets.Collect(tag.Codec, unit.Data, found) : 0;
            if (length == 0)
            {
                unit.Release();
                return null;
            }
            Know(tag.Codec, found[..length]);
        }
        unit.IsKeyFrame = tag.IsKeyFrame;
        unit.Timestamp = (place + tag.CompositionTime) * TicksOfMillisecond;
        unit.Arrival = now;
        return unit;
    }

    private void Know(Codec codec, ReadOnlySpan<byte> configuration)
    {
        if (Format is null || Format.Codec != codec || (!configuration.IsEmpty && !Format.Configuration.Span.SequenceEqual(configuration)))
        {
            Format = new TrackFormat(MediaKind.Video, codec, 90_000, 0, configuration.ToArray());
        }
    }

    private Unit? OfNals(in FlvVideoTag tag)
    {
        // First measured: lengths of fewer bytes grow, and what does not fit is no frame.
        var (rest, bytes, hasSets, count) = (tag.Body.Length, 0, false, 0);
        var at = tag.Body;
        while (!at.IsEmpty)
        {
            if (!TryNal(ref at, out var nal) || ++count > MaxNals)
            {
                return null;
            }
            bytes += nal.IsEmpty ? 0 : 4 + nal.Length;
            hasSets |= !nal.IsEmpty && NalHeader.IsParameterSet(tag.Codec, nal);
        }
        var sets = tag.IsKeyFrame && !hasSets && Format?.Codec == tag.Codec ? Format.Configuration.Span : default;
        if (bytes == 0 || bytes + sets.Length > Unit.MaxLength || rest == 0)
        {
            return null;
        }
        var unit = Unit.Rent(sets.Length + bytes);
        sets.CopyTo(unit.Buffer);
        var to = unit.Buffer[sets.Length..];
        for (at = tag.Body; TryNal(ref at, out var nal); )
        {
            if (!nal.IsEmpty)
            {
                BinaryPrimitives.WriteInt32BigEndian(to, nal.Length);
                nal.CopyTo(to[4..]);
                to = to[(4 + nal.Length)..];
            }
        }
        return unit;
    }

    private bool TryNal(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> nal)
    {
        nal = default;
        if (rest.Length < _lengthSize)
        {
            return false;
        }
        uint length = 0;
        foreach (var part in rest[.._lengthSize])
        {
            length = length << 8 | part;
        }
        rest = rest[_lengthSize..];
        if (length > rest.Length)
        {
            return false;
        }
        nal = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    // Without temporal delimiters, which units do not have.
    private static Unit? OfObus(ReadOnlySpan<byte> body)
    {
        var start = 0;
        while (Obu.TryRead(body[start..], out var obu, out var length) && obu.Type == ObuType.TemporalDelimiter)
        {
            start += length;
        }
        return start < body.Length ? Unit.Copy(body[start..]) : null;
    }
}
