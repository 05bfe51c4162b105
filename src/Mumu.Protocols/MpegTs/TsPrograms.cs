// Which program of the multiplex is followed, and what it holds.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.MpegTs;

/// <summary>Reads PAT and PMTs; chooses the first program that has a track we can use, or else the first.</summary>
internal sealed class TsPrograms
{
    private readonly SectionReader _directory = new();
    private readonly Dictionary<int, SectionReader> _maps = [];
    private readonly List<TsProgram> _programs = [];
    private int _chosen;

    /// <summary>The streams of the program that is followed; empty before it is known.</summary>
    public IReadOnlyList<TsStream> Streams { get; private set; } = [];

    /// <summary>The PID whose packets carry the clock.</summary>
    public int ClockPid { get; private set; } = TsPacket.NullPid;

    /// <summary>Sections that made no sense.</summary>
    public long Malformed => _directory.Malformed + _maps.Values.Sum(map => map.Malformed);

    /// <summary>True for a PID that carries tables.</summary>
    public bool Follows(int pid) => pid == 0 || _maps.ContainsKey(pid);

    /// <summary>Forgets sections in work.</summary>
    public void Reset()
    {
        _directory.Reset();
        foreach (var map in _maps.Values)
        {
            map.Reset();
        }
    }

    /// <summary>Takes a packet of a table; true if the program that is followed has other streams now.</summary>
    public bool Take(in TsPacket packet, bool isAfterLoss)
    {
        var reader = packet.Pid == 0 ? _directory : _maps[packet.Pid];
        if (isAfterLoss)
        {
            reader.Reset();
        }
        var isChanged = false;
        var at = 0;
        while (reader.TryRead(packet.Payload, packet.StartsUnit, ref at, out var section))
        {
            if (packet.Pid == 0)
            {
                TakeDirectory(section);
            }
            else
            {
                isChanged |= TakeMap(section);
            }
        }
        return isChanged;
    }

    private void TakeDirectory(ReadOnlySpan<byte> section)
    {
        var programs = new List<TsProgram>();
        if (!ProgramTables.TryReadPrograms(section, programs) || programs.Count == 0 || programs.SequenceEqual(_programs))
        {
            return;
        }
        // A long directory comes in several sections, each with its own programs.
        var isFirst = section[6] == 0;
        if (isFirst && section[7] == 0)
        {
            _programs.Clear();
            foreach (var pid in _maps.Keys.Where(pid => programs.All(p => p.MapPid != pid)).ToArray())
            {
                _maps.Remove(pid);
            }
        }
        foreach (var program in programs.Where(p => p.MapPid is > 0 and < TsPacket.NullPid && _maps.Count < ProgramTables.MaxEntries))
        {
            _programs.Add(program);
            _maps.TryAdd(program.MapPid, new SectionReader());
        }
        if (_programs.Count > ProgramTables.MaxEntries)
        {
            _programs.RemoveRange(0, _programs.Count - ProgramTables.MaxEntries);
        }
        if (_chosen != 0 && _programs.All(p => p.Number != _chosen))
        {
            _chosen = 0;
        }
    }

    private bool TakeMap(ReadOnlySpan<byte> section)
    {
        var streams = new List<TsStream>();
        if (!ProgramTables.TryReadStreams(section, out var program, out var clockPid, streams))
        {
            return false;
        }
        var isUsable = streams.Any(stream => stream.Codec != Codec.Unknown);
        var isBetter = _chosen == 0 || (isUsable && Streams.All(stream => stream.Codec == Codec.Unknown));
        if (program != _chosen && !isBetter)
        {
            return false;
        }
        (_chosen, ClockPid) = (program, clockPid);
        if (streams.SequenceEqual(Streams))
        {
            return false;
        }
        Streams = streams;
        return true;
    }
}
