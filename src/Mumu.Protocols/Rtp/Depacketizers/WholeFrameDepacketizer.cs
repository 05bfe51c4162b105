// Audio frames that travel one a packet: Opus, PCMU, PCMA.
namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>One packet, one unit: Opus (RFC 7587) and G.711 (RFC 3551). A loss is heard, not waited out.</summary>
public sealed class WholeFrameDepacketizer : IRtpDepacketizer
{
    private readonly UnitAssembly _assembly = new(NalDepacketizer.MaxUnit);

    /// <inheritdoc />
    public long DroppedUnits => 0;

    /// <inheritdoc />
    public long MalformedPayloads { get; private set; }

    /// <inheritdoc />
    public void Push(ReadOnlySpan<byte> payload, long timestamp, bool marker, bool lost)
    {
        _assembly.Compact();
        if (payload.IsEmpty)
        {
            return;
        }
        if (_assembly.TryAppend(payload))
        {
            _assembly.Finish(timestamp, isKeyFrame: true);
        }
        else
        {
            MalformedPayloads++;
        }
    }

    /// <inheritdoc />
    public bool TryRead(out DepacketizedUnit unit) => _assembly.TryRead(out unit);
}
