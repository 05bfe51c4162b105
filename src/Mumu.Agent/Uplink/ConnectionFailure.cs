// Turns what the network throws into a sentence.
using System.Net.Sockets;
using System.Security.Authentication;

namespace Mumu.Agent.Uplink;

/// <summary>Says why the hub could not be reached.</summary>
internal static class ConnectionFailure
{
    public static string Sentence(HubAddress hub, Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case UplinkException:
                    return e.Message;
                case AuthenticationException:
                    return $"The certificate of {hub} can't be trusted: {e.Message}";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return $"There is no host of the name in {hub}, or no network.";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"Nothing answers at {hub}. Is the hub running?";
                case SocketException socket:
                    return $"{hub} can't be reached: {socket.Message}.";
                default:
                    break;
            }
        }
        return error is OperationCanceledException
            ? $"{hub} did not answer in time."
            : $"{hub} did not answer as a hub does: {error.Message}";
    }
}
