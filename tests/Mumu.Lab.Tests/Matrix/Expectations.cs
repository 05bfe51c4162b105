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
}

internal static class Expectations
{
    /// <summary>The device's side in rows, the viewer's in columns. Every cell connects: TURN over TLS on port 443 gets through wherever the web does.</summary>
    private static readonly (Nat Device, string Cells)[] s_table =
    [
        //                       Open FullCone PortRestricted Symmetric UdpBlocked OnlyTcp443
        (
            Nat.Open, /*         */
            "D    D        D              D         R          R"
        ),
        (
            Nat.FullCone, /*     */
            "D    D        D              D         R          R"
        ),
        (
            Nat.PortRestricted, /**/
            "D    D        D              R         R          R"
        ),
        (
            Nat.Symmetric, /*    */
            "D    D        R              R         R          R"
        ),
        (
            Nat.UdpBlocked, /*   */
            "R    R        R              R         R          R"
        ),
        (
            Nat.OnlyTcp443, /*   */
            "R    R        R              R         R          R"
        ),
    ];

    public static Expected For(Nat device, Nat viewer) =>
        s_table.Single(row => row.Device == device).Cells.Split(' ', StringSplitOptions.RemoveEmptyEntries)[(int)viewer] == "D"
            ? Expected.Direct
            : Expected.Relay;
}
