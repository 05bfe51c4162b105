// Start codes where none belong: some cameras put a piece of a byte stream into a payload.
namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Enumerates what start codes (ITU-T H.264 annex B) separate; without any, the whole.</summary>
internal ref struct EmbeddedNals(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = TrimStartCode(bytes);

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly EmbeddedNals GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var next = _rest.IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
            Current = next < 0 ? _rest : _rest[..next].TrimEnd((byte)0);
            _rest = next < 0 ? default : _rest[(next + 3)..];
            if (!Current.IsEmpty)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The bytes behind a leading start code of three or four bytes, if there is one.</summary>
    internal static ReadOnlySpan<byte> TrimStartCode(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 1]) ? bytes[3..]
        : bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 1]) ? bytes[4..]
        : bytes;
}
