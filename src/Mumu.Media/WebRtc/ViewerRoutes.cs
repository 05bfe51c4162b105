// Which viewer a datagram belongs to.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Finds the viewer of a datagram: a check by the user name fragment in it, an answer to one of ours by its transaction id, all else by the address it came from, which is learnt only
/// from authentic checks. Strangers leave no trace.
/// </summary>
internal sealed class ViewerRoutes
{
    private const int MaxAddresses = 16; // of one viewer
    private const int BindingRequest = 0x0001;
    private const int LongestUfrag = 64; // ours have eight

    private readonly Dictionary<string, Viewer> _byUfrag = [];
    private readonly Dictionary<string, Viewer>.AlternateLookup<ReadOnlySpan<char>> _byUfragSpan;
    private readonly Dictionary<uint, Viewer> _byTag = [];
    private readonly Dictionary<TransportAddress, Viewer> _byAddress = [];

    internal ViewerRoutes() => _byUfragSpan = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();

    internal IReadOnlyCollection<Viewer> Viewers => _byTag.Values;

    internal bool Contains(Viewer viewer) => _byTag.ContainsKey(viewer.Tag);

    internal void Add(Viewer viewer)
    {
        AddUfrag(viewer);
        _byTag.Add(viewer.Tag, viewer);
    }

    /// <summary>Notes the user fragment that a viewer has now. The one before stays good, since the old path serves until a new one works; older ones go.</summary>
    internal void AddUfrag(Viewer viewer)
    {
        if (!_byUfrag.TryAdd(viewer.Peer.LocalUfrag, viewer))
        {
            return;
        }
        viewer.Ufrags.Add(viewer.Peer.LocalUfrag);
        if (viewer.Ufrags.Count > 2)
        {
            _byUfrag.Remove(viewer.Ufrags[0]);
            viewer.Ufrags.RemoveAt(0);
        }
    }

    /// <summary>False if it was not here.</summary>
    internal bool Remove(Viewer viewer)
    {
        if (!_byTag.Remove(viewer.Tag))
        {
            return false;
        }
        foreach (var ufrag in viewer.Ufrags)
        {
            _byUfrag.Remove(ufrag);
        }
        foreach (var address in viewer.Addresses)
        {
            if (_byAddress.TryGetValue(address, out var owner) && owner == viewer)
            {
                _byAddress.Remove(address);
            }
        }
        return true;
    }

    /// <summary>Notes that an authentic check of the viewer came from an address.</summary>
    internal void Learn(Viewer viewer, in TransportAddress address)
    {
        if (_byAddress.TryGetValue(address, out var owner) && owner == viewer)
        {
            return;
        }
        if (viewer.Addresses.Count == MaxAddresses)
        {
            // A check that somebody has recorded is authentic from any address; so the one in use makes no room for others.
            var oldest = viewer.Addresses[0] == viewer.Peer.Selected?.Remote ? 1 : 0;
            _byAddress.Remove(viewer.Addresses[oldest]);
            viewer.Addresses.RemoveAt(oldest);
        }
        viewer.Addresses.Add(address);
        _byAddress[address] = viewer;
    }

    internal Viewer? Find(ReadOnlySpan<byte> datagram, in TransportAddress from)
    {
        if (datagram.IsEmpty)
        {
            return null;
        }
        if (datagram[0] > 3)
        {
            return _byAddress.GetValueOrDefault(from);
        }
        if (datagram.Length < 20)
        {
            return null;
        }
        return BinaryPrimitives.ReadUInt16BigEndian(datagram) == BindingRequest
            ? FindByUfrag(datagram)
            : _byTag.GetValueOrDefault(BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]));
    }

    private Viewer? FindByUfrag(ReadOnlySpan<byte> datagram)
    {
        if (!StunUsername.TryGetLocalUfrag(datagram, out var ufrag) || ufrag.Length > LongestUfrag)
        {
            return null;
        }
        Span<char> text = stackalloc char[ufrag.Length];
        for (var i = 0; i < ufrag.Length; i++)
        {
            text[i] = (char)ufrag[i];
        }
        return _byUfragSpan.TryGetValue(text, out var viewer) ? viewer : null;
    }
}
