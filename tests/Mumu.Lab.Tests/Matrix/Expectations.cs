// What must happen in each cell of the matrix, as data in one place.
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Matrix;

/// <summary>How a call must go.</summary>
public enum Expected
{
    /// <summary>A direct path exists and must be the one in use.</summary>
    Direct,

    /// <summary>No direct path exists: over a relay.</summary>
    Relay,

    /// <summary>Directly by TCP, or over a relay: Chromium looks for TCP paths last, and stops looking once a relay has answered.</summary>
    DirectByTcpOrRelay,
}

internal static class Expectations
{
    /// <summary>
    /// D: direct; T: direct by TCP or over a relay, for a viewer that speaks TCP; R: over a relay. Every cell connects, as TURN over TLS on port 443 gets through wherever the
    /// web does. Two mappings meet without a relay unless each waits for the other's port: a symmetric one cannot say its port before it has sent, and
    /// a port-restricted or symmetric one lets nobody in to whom it has not.
    /// </summary>
    private const string Table = """
        device↓ viewer→  Open FullCone PortRestricted Symmetric UdpBlocked OnlyTcp443
        Open             D    D        D              D         T          R
        FullCone         D    D        D              D         R          R
        PortRestricted   D    D        D              R         R          R
        Symmetric        D    D        R              R         R          R
        UdpBlocked       R    R        R              R         R          R
        OnlyTcp443       R    R        R              R         R          R
        """;

    private static readonly string[][] s_rows =
    [
        .. Table.Split('\n').Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
    ];

    /// <param name="device">The device's side.</param>
    /// <param name="viewer">The viewer's side.</param>
    /// <param name="viewerSpeaksTcp">The viewer can connect to a device by TCP (RFC 6544), as Chromium and unlike aiortc.</param>
    public static Expected For(Nat device, Nat viewer, bool viewerSpeaksTcp)
    {
        var column = Array.IndexOf(s_rows[0][1..], viewer.ToString());
        var cell = s_rows.Single(row => row[0] == device.ToString())[column];
        return cell switch
        {
            "D" => Expected.Direct,
            "T" when viewerSpeaksTcp => Expected.DirectByTcpOrRelay,
            _ => Expected.Relay,
        };
    }
}
