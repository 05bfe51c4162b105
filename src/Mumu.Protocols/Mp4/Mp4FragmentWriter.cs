// Writes the head of a fragment; the samples' bytes follow it as they are.
namespace Mumu.Protocols.Mp4;

/// <summary>
/// Writes <c>moof</c> and the head of <c>mdat</c> (ISO 14496-12 §8.8.4). Used again and again by one thread it allocates nothing: <see cref="Begin"/>, <see cref="AddRun"/> for each track, <see cref="End"/>.
/// </summary>
public sealed class Mp4FragmentWriter
{
    private const uint OffsetPresent = 0x1;
    private const uint DurationPresent = 0x100;
    private const uint SizePresent = 0x200;
    private const uint FlagsPresent = 0x400;
    private const uint CompositionPresent = 0x800;
    private readonly BoxWriter _writer = new();
    private readonly List<(int At, long Bytes)> _runs = new(2);

    /// <summary>Begins a fragment.</summary>
    /// <param name="sequence">Its number, rising from fragment to fragment.</param>
    public void Begin(uint sequence)
    {
        _writer.Reset();
        _runs.Clear();
        _writer.Open("moof"u8);
        _writer.Open("mfhd"u8, 0, 0);
        _writer.U32(sequence);
        _writer.Close();
    }

    /// <summary>Adds samples of one track that follow one another.</summary>
    /// <param name="track">The track, as the initialization segment has it.</param>
    /// <param name="decodeTime">When the first is decoded, in ticks of the track, not negative.</param>
    /// <param name="samples">The samples, at least one.</param>
    public void AddRun(Mp4Track track, long decodeTime, ReadOnlySpan<Mp4Sample> samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decodeTime);
        _writer.Open("traf"u8);
        _writer.Open("tfhd"u8, 0, 0x020000); // offsets from this moof
        _writer.U32((uint)track.Id);
        _writer.Close();
        _writer.Open("tfdt"u8, 1, 0);
        _writer.U64((ulong)decodeTime);
        _writer.Close();
        var flags = OffsetPresent | DurationPresent | SizePresent | (track.IsVideo ? FlagsPresent | CompositionPresent : 0);
        _writer.Open("trun"u8, 1, flags);
        _writer.U32((uint)samples.Length);
        var offsetAt = _writer.Length;
        _writer.U32(0);
        var bytes = 0L;
        foreach (ref readonly var sample in samples)
        {
            _writer.U32(sample.Duration);
            _writer.U32((uint)sample.Length);
            if (track.IsVideo)
            {
                _writer.U32(Mp4Initialization.Flags(sample.IsSync));
                _writer.U32((uint)sample.CompositionOffset);
            }
            bytes += sample.Length;
        }
        _writer.Close();
        _writer.Close();
        _runs.Add((offsetAt, bytes));
    }

    /// <summary>Ends the fragment's head. The bytes of all samples have to follow, in the order they were added.</summary>
    /// <returns>The head, good until <see cref="Begin"/>.</returns>
    /// <exception cref="InvalidOperationException">The samples are larger than a fragment may be (2 GiB).</exception>
    public ReadOnlySpan<byte> End()
    {
        _writer.Close();
        var offset = _writer.Length + 8L;
        var total = 8L;
        foreach (var (at, bytes) in _runs)
        {
            _writer.PatchU32(at, (uint)offset);
            offset += bytes;
            total += bytes;
        }
        if (offset > int.MaxValue)
        {
            throw new InvalidOperationException("A fragment holds less than 2 GiB.");
        }
        _writer.U32((uint)total);
        _writer.Bytes("mdat"u8);
        return _writer.Written;
    }
}
