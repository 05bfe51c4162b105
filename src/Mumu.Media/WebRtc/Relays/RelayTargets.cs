// Finds the addresses of TURN servers, and keeps book of those that give no relay.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>Reads and resolves TURN URLs, off the loops. Each reason that a server can't be used for is logged once, until it works again.</summary>
/// <param name="bind">Where the engine's sockets are bound; loopback keeps everything on this machine.</param>
/// <param name="logger">The engine's.</param>
internal sealed partial class RelayTargets(IPAddress bind, ILogger logger)
{
    private const int MaxNotes = 64;
    private const int MostAddresses = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, string> _notes = [];

    /// <summary>True for addresses that a server may have.</summary>
    public bool MayAsk(TransportAddress address) =>
        address.Port != 0 && (!IPAddress.IsLoopback(bind) || IPAddress.IsLoopback(address.ToIPAddress()));

    /// <summary>The server with its addresses, or why it can't be asked; neither for one that is off this machine while everything stays on it.</summary>
    public async Task<(RelayTarget? Target, string? Complaint)> FindAsync(RelayServer server, CancellationToken cancellation)
    {
        if (!RelayUrl.TryParse(server.Url, out var url))
        {
            return (null, "This is no address of a TURN server.");
        }
        if (Encoding.UTF8.GetByteCount(server.UserName) is 0 or > TurnClientOptions.MaxUserName)
        {
            return (null, Complain(url, "There is no user name for the TURN server, or it is too long."));
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_patience);
        try
        {
            var addresses = IPAddress.TryParse(url.Host, out var literal)
                ? [literal]
                : await Dns.GetHostAddressesAsync(url.Host, limit.Token).ConfigureAwait(false);
            var fit = addresses
                .Where(address => bind.Equals(IPAddress.IPv6Any) || address.AddressFamily == bind.AddressFamily)
                .Select(address => TransportAddress.From(address, url.Port))
                .Where(MayAsk)
                .Take(MostAddresses)
                .ToList();
            return fit.Count > 0 ? (new RelayTarget(url, fit, server, bind), null) : (null, null);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return (null, Complain(url, "The name of the TURN server is not known to this machine's name service."));
        }
        catch (OperationCanceledException)
        {
            return (null, null); // The engine is stopping.
        }
    }

    /// <summary>Notes why a server gave no relay, or (null) that it gave one.</summary>
    public void Note(RelayUrl server, string? complaint)
    {
        var name = server.ToString();
        if (complaint is null)
        {
            _notes.TryRemove(name, out _);
        }
        else if (!(_notes.TryGetValue(name, out var known) && known == complaint))
        {
            if (_notes.Count < MaxNotes)
            {
                _notes[name] = complaint;
            }
            LogUnavailable(name, complaint);
        }
    }

    private string Complain(RelayUrl server, string complaint)
    {
        Note(server, complaint);
        return complaint;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No relay from {Server}: {Reason} Viewers who need one can't watch.")]
    private partial void LogUnavailable(string server, string reason);
}
