// What one user has of the server: allocations and bandwidth, however many credentials and sessions the user has.
using System.Text;

namespace Mumu.Protocols.Turn;

/// <summary>
/// One user's share. The hub makes a credential for each session, with the session at its end (<c>viewer_7_SESSION</c>): an account is what stands before the
/// last underscore, or the whole identifier where there is none.
/// </summary>
internal sealed class TurnAccount(string name, TurnBudget budget)
{
    public string Name { get; } = name;

    /// <summary>Allocations that live.</summary>
    public int Allocations { get; set; }

    /// <summary>Bandwidth of all of them together.</summary>
    public TurnBudget Budget { get; } = budget;

    public static string NameOf(ReadOnlySpan<byte> identifier)
    {
        var end = identifier.LastIndexOf((byte)'_');
        return Encoding.UTF8.GetString(end > 0 ? identifier[..end] : identifier);
    }
}
