// What the viewers of a run share: threads, a certificate, addresses.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Mumu.Cli.Verbs;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Srtp;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Cli.Bench;

/// <summary>Makes viewers and deals them out to the threads.</summary>
internal sealed class ViewerKit : IAsyncDisposable
{
    private const int MostAddresses = 8;

    private readonly BenchOptions _options;
    private readonly TimeProvider _time;
    private readonly ViewerAddresses _addresses;
    private readonly DtlsCertificate _certificate;
    private readonly LoadThread[] _threads;
    private int _made;

    private ViewerKit(BenchOptions options, ViewerAddresses addresses, TimeProvider time)
    {
        (_options, _addresses, _time) = (options, addresses, time);
        _certificate = options.Sha1 ? DtlsCertificate.CreateFor(SrtpProfile.Aes128CmSha1_80) : DtlsCertificate.Create();
        _threads = [.. Enumerable.Range(0, options.Threads).Select(number => new LoadThread(time, number))];
    }

    internal int Threads => _threads.Length;

    /// <summary>The clock of all figures.</summary>
    internal TimeSpan Now => _time.GetElapsedTime(0);

    internal static async Task<ViewerKit> CreateAsync(BenchOptions options, Uri server, TimeProvider time, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new VerbException("mumu bench needs Linux (epoll, /proc).");
        }
        return new ViewerKit(options, await FindAddressesAsync(options.Bind, server, cancellation).ConfigureAwait(false), time);
    }

    /// <summary>Makes a viewer and gives it to a thread.</summary>
    internal (LoadViewer Viewer, LoadThread Thread) Make()
    {
        var peer = new PeerOptions
        {
            Certificate = _certificate,
            Random = Random.Shared, // nobody gains by guessing a load generator's numbers
            ConnectTimeout = _options.Patience,
        };
        var receiving = new ReceivingOptions
        {
            SendNacks = _options.SendNacks,
            Rtx = _options.SendFeedback,
            TransportFeedback = _options.SendFeedback,
        };
        var viewer = new LoadViewer(_addresses, peer, receiving, _options.Coalesce, Now);
        var thread = _threads[(Interlocked.Increment(ref _made) - 1) % _threads.Length];
        thread.Add(viewer);
        return (viewer, thread);
    }

    /// <summary>What all viewers have received.</summary>
    internal async Task<TrafficCounts> CountAsync()
    {
        var sum = default(TrafficCounts);
        foreach (var thread in _threads)
        {
            sum += await thread.CountAsync().ConfigureAwait(false);
        }
        return sum;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var thread in _threads)
        {
            thread.Dispose();
        }
        _certificate.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<ViewerAddresses> FindAddressesAsync(IPAddress? bind, Uri server, CancellationToken cancellation)
    {
        if (bind is not null && !bind.Equals(IPAddress.Any) && !bind.Equals(IPAddress.IPv6Any))
        {
            return new ViewerAddresses(bind, [bind]);
        }
        IPAddress[] servers;
        try
        {
            servers = await Dns.GetHostAddressesAsync(server.DnsSafeHost, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            throw new VerbException($"There is no host named {server.Host}.");
        }
        // IPv4 first: "localhost" is both, and servers that announce IPv4 candidates alone are more than those of IPv6 alone.
        var address = servers.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? servers[0];
        var own = RouteTo(address);
        var candidates = new List<IPAddress> { own };
        if (IPAddress.IsLoopback(own))
        {
            // A server on this machine may announce none but the machine's other addresses.
            candidates.AddRange(
                NetworkInterface
                    .GetAllNetworkInterfaces()
                    .Where(network => network.OperationalStatus != OperationalStatus.Down)
                    .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                    .Select(unicast => unicast.Address)
                    .Where(a => a.AddressFamily == address.AddressFamily && !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
                    .Take(MostAddresses)
            );
        }
        return new ViewerAddresses(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, candidates);
    }

    /// <summary>The address of ours that datagrams to another one leave from.</summary>
    private static IPAddress RouteTo(IPAddress address)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            probe.Connect(address, 9); // nothing is sent: the kernel only chooses a route
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException e)
        {
            throw new VerbException($"There is no route to {address}: {e.Message}");
        }
    }
}
