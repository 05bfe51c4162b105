// A user name and a password that no log shows.
namespace Mumu.Protocols.Rtsp;

/// <summary>What a camera asks for. Printing it shows the user only.</summary>
/// <param name="UserName">User.</param>
/// <param name="Password">Password.</param>
public sealed record RtspCredentials(string UserName, string Password)
{
    /// <inheritdoc />
    public override string ToString() => $"{UserName}:***";
}
