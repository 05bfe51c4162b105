// INIT and INIT ACK: what each side tells about itself.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>What a side announces when an association is set up (RFC 9260 §3.3.2).</summary>
/// <param name="Tag">Its verification tag, never 0.</param>
/// <param name="Window">Its receive window, bytes.</param>
/// <param name="OutboundStreams">Streams it wants to send on.</param>
/// <param name="InboundStreams">The most streams it takes.</param>
/// <param name="First">Number of its first DATA chunk.</param>
/// <param name="Extensions">What it can do besides.</param>
internal readonly record struct InitData(
    uint Tag,
    uint Window,
    ushort OutboundStreams,
    ushort InboundStreams,
    Tsn First,
    SctpExtensions Extensions
)
{
    internal const int Length = 17;

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Tag);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], OutboundStreams);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], InboundStreams);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], First.Value);
        bytes[16] = (byte)Extensions;
    }

    internal static InitData Read(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadUInt32BigEndian(bytes),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]),
            new Tsn(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])),
            (SctpExtensions)bytes[16]
        );
}

/// <summary>Extensions that both sides must know to be used.</summary>
[Flags]
internal enum SctpExtensions : byte
{
    None = 0,

    /// <summary>Partial reliability, RFC 3758.</summary>
    ForwardTsn = 1,

    /// <summary>Stream reset, RFC 6525.</summary>
    Reconfig = 2,

    /// <summary>No checksum, as DTLS has one, RFC 9653.</summary>
    ZeroChecksum = 4,
}

/// <summary>Reads and writes the chunk with its parameters; unknown parameters are passed over.</summary>
internal static class InitChunk
{
    private const int FixedLength = 16;
    private const ushort StateCookie = 7;
    private const ushort ZeroChecksumAcceptable = 0x8001;
    private const ushort SupportedExtensions = 0x8008;
    private const ushort ForwardTsnSupported = 0xC000;
    private const uint DtlsDetectsErrors = 1;

    internal static bool TryParse(ReadOnlySpan<byte> value, out InitData data, out ReadOnlySpan<byte> cookie)
    {
        data = default;
        cookie = default;
        if (value.Length < FixedLength)
        {
            return false;
        }
        var extensions = SctpExtensions.None;
        var parameters = new ParameterReader(value[FixedLength..]);
        while (parameters.TryRead(out var type, out var body))
        {
            switch (type)
            {
                case StateCookie:
                    cookie = body;
                    break;
                case ZeroChecksumAcceptable when body.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(body) == DtlsDetectsErrors:
                    extensions |= SctpExtensions.ZeroChecksum;
                    break;
                case SupportedExtensions:
                    extensions |= body.Contains((byte)ChunkType.ForwardTsn) ? SctpExtensions.ForwardTsn : 0;
                    extensions |= body.Contains((byte)ChunkType.Reconfig) ? SctpExtensions.Reconfig : 0;
                    break;
                case ForwardTsnSupported:
                    extensions |= SctpExtensions.ForwardTsn;
                    break;
            }
        }
        Span<byte> flat = stackalloc byte[InitData.Length];
        value[..FixedLength].CopyTo(flat);
        flat[FixedLength] = (byte)extensions;
        data = InitData.Read(flat);
        return data is { Tag: not 0, OutboundStreams: not 0, InboundStreams: not 0 };
    }

    /// <summary>
    /// A whole chunk; with a cookie it is an INIT ACK. It names no extension younger than RFC 8831: pion of 2023 drops an INIT with a parameter it does not
    /// know. So packets without checksums (RFC 9653) are sent where the peer likes them, but not asked for.
    /// </summary>
    internal static byte[] Make(in InitData data, ReadOnlySpan<byte> cookie)
    {
        Span<byte> flat = stackalloc byte[InitData.Length];
        data.Write(flat);
        var cookieLength = cookie.IsEmpty ? 0 : ParameterReader.HeaderLength + cookie.Length;
        var chunk = new byte[Chunk.HeaderLength + FixedLength + 8 + 4 + cookieLength];
        chunk[0] = (byte)(cookie.IsEmpty ? ChunkType.Init : ChunkType.InitAck);
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(2), (ushort)chunk.Length);
        flat[..FixedLength].CopyTo(chunk.AsSpan(Chunk.HeaderLength));
        var rest = chunk.AsSpan(Chunk.HeaderLength + FixedLength);
        BinaryPrimitives.WriteUInt32BigEndian(rest, ((uint)SupportedExtensions << 16) | 6u);
        rest[4] = (byte)ChunkType.Reconfig;
        rest[5] = (byte)ChunkType.ForwardTsn;
        BinaryPrimitives.WriteUInt32BigEndian(rest[8..], ((uint)ForwardTsnSupported << 16) | 4u);
        if (!cookie.IsEmpty)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest[12..], ((uint)StateCookie << 16) | (uint)cookieLength);
            cookie.CopyTo(rest[16..]);
        }
        return chunk;
    }
}
