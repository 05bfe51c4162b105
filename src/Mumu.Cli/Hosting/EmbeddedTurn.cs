// From settings to the embedded TURN server: where it listens, its secret, what the hub tells clients about it.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mumu.Agent.Settings;
using Mumu.Cli.Verbs;
using Mumu.Hub;
using Mumu.Protocols.Turn;
using Mumu.Turn;

namespace Mumu.Cli.Hosting;

internal static class EmbeddedTurn
{
    /// <summary>The file in the data folder that holds the secret, unless the settings do.</summary>
    public const string SecretFile = "turn.secret";

    private const int NonceKeyBytes = 32;
    private const int SecretBytes = 32;
    private const int MaxSecretFileBytes = 1024;

    /// <summary>Settings of the listener.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="secret">From <see cref="Secret"/>.</param>
    /// <param name="runsAgent">An agent runs in this process, whose media ports may be reached.</param>
    public static TurnListenerOptions Listener(MumuSettings settings, string secret, bool runsAgent)
    {
        var turn = settings.Turn;
        return new TurnListenerOptions
        {
            Listen = new IPEndPoint(Bind(turn), turn.Port),
            TlsListen = new IPEndPoint(Bind(turn), turn.TlsPort),
            Certificate = Certificate(turn),
            ExternalAddress = turn.ExternalAddress is { } external ? IPAddress.Parse(external) : null,
            FirstRelayPort = turn.FirstRelayPort,
            LastRelayPort = turn.LastRelayPort,
            AllowedPeers = [.. turn.AllowedPeers.Select(Network)],
            OwnPorts = runsAgent ? [.. MediaPorts(settings.WebRtc)] : [],
            Server = new TurnServerOptions
            {
                Realm = turn.Realm,
                Secret = Encoding.UTF8.GetBytes(secret),
                NonceKey = RandomNumberGenerator.GetBytes(NonceKeyBytes),
                MaxAllocations = turn.MaxAllocations,
                MaxAllocationsPerUser = turn.MaxAllocationsPerUser,
                BytesPerSecondPerUser = turn.KbpsPerUser * 125L,
                BytesPerSecond = turn.Kbps * 125L,
            },
        };
    }

    /// <summary>What the hub tells clients about it.</summary>
    public static TurnOptions Credentials(TurnServerSettings turn, string secret)
    {
        var host = turn.Host is null ? TurnOptions.HostPlaceholder : InUrl(turn.Host);
        List<string> urls = [$"turn:{host}:{turn.Port}?transport=udp", $"turn:{host}:{turn.Port}?transport=tcp"];
        if (turn.Certificate is not null)
        {
            urls.Add($"turns:{host}:{turn.TlsPort}?transport=tcp");
        }
        return new TurnOptions(secret, urls) { StunUrls = [$"stun:{host}:{turn.Port}"] };
    }

    /// <summary>The secret of the settings, else the one in the data folder, which is made when it is missing.</summary>
    /// <exception cref="VerbException">The file is damaged.</exception>
    public static string Secret(TurnServerSettings turn, string dataDirectory)
    {
        if (turn.Secret is { } given)
        {
            return given;
        }
        var path = Path.Combine(dataDirectory, SecretFile);
        if (!File.Exists(path))
        {
            Make(path);
        }
        var secret = new FileInfo(path).Length <= MaxSecretFileBytes ? File.ReadAllText(path).Trim() : "";
        return secret.Length >= SecretBytes
            ? secret
            : throw new VerbException($"{path} does not hold a secret. Remove it, and a new one is made at the next start.");
    }

    /// <summary>The address to listen on.</summary>
    public static IPAddress Bind(TurnServerSettings turn) =>
        turn.Bind is { } bind ? IPAddress.Parse(bind)
        : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any
        : IPAddress.Any;

    /// <exception cref="VerbException">The files can't be used.</exception>
    private static TurnCertificate? Certificate(TurnServerSettings turn)
    {
        if (turn is not { Certificate: { } certificate, Key: { } key })
        {
            return null;
        }
        try
        {
            return new TurnCertificate(certificate, key, TimeProvider.System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new VerbException(
                $"The certificate of “turn.certificate” and “turn.key” cannot be used: {e.Message.TrimEnd('.')}. Both are PEM files that this user can read; the key is not encrypted."
            );
        }
    }

    private static void Make(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    private static IEnumerable<IPEndPoint> MediaPorts(WebRtcSettings webRtc)
    {
        var loops = webRtc.Port == 0 ? 0 : webRtc.LoopCount(); // chosen by the system: nobody knows them yet
        var bind = webRtc.Bind is { } address ? IPAddress.Parse(address) : IPAddress.IPv6Any;
        return Enumerable.Range(0, loops).Select(loop => new IPEndPoint(bind, webRtc.Port + loop));
    }

    private static IPNetwork Network(string text) =>
        TurnServerSettings.TryParseNetwork(text, out var network) ? network : throw new FormatException(text); // the settings were checked

    private static string InUrl(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : host;
}
