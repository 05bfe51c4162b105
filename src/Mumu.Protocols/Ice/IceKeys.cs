// The bytes that credentials become on the wire, made once a generation.
using System.Text;

namespace Mumu.Protocols.Ice;

/// <summary>User names and integrity keys of one generation of credentials (RFC 8445 §7.2.2). The remote half may still be unknown.</summary>
internal sealed class IceKeys(IceCredentials local, IceCredentials? remote)
{
    public IceCredentials Local { get; } = local;

    public IceCredentials? Remote { get; } = remote;

    /// <summary>Key of what comes in as request and goes out as answer.</summary>
    public byte[] LocalKey { get; } = Encoding.UTF8.GetBytes(local.Password);

    /// <summary>Key of what goes out as request and comes in as answer.</summary>
    public byte[] RemoteKey { get; } = Encoding.UTF8.GetBytes(remote?.Password ?? string.Empty);

    /// <summary>USERNAME of requests that go out.</summary>
    public byte[] OutgoingName { get; } = Encoding.UTF8.GetBytes(remote?.Ufrag + ":" + local.Ufrag);

    /// <summary>USERNAME of requests that come in; without the remote half, all that follows the colon is taken.</summary>
    private readonly byte[] _incomingName = Encoding.UTF8.GetBytes(local.Ufrag + ":" + remote?.Ufrag);

    public bool IsFor(ReadOnlySpan<byte> username) =>
        Remote is null ? username.StartsWith(_incomingName) : username.SequenceEqual(_incomingName);
}
