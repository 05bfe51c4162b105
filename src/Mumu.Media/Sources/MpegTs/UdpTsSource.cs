// A transport stream that is sent to us as datagrams.
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Mumu.Media.Units;
using Mumu.Protocols.MpegTs;

namespace Mumu.Media.Sources.MpegTs;

/// <summary>
/// Receives an MPEG transport stream over UDP, unicast or multicast, bare or in RTP (RFC 2250). The first sender is listened to, until it is quiet for two seconds; others would only mix in.
/// </summary>
/// <param name="options">Where it arrives.</param>
/// <param name="time">The clock of its waits.</param>
public sealed class UdpTsSource(UdpTsOptions options, TimeProvider time) : ISource
{
    private const int BufferBytes = 4 << 20; // a second at 32 Mbit/s, as far as the system allows it
    private const int MaxDatagram = 65_536;
    private const int RtpHeader = 12;
    private const int RtpPayloadType = 33;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        using var socket = Open();
        using var limit = new CancellationTokenSource(options.StallTimeout, time);
        using var stop = cancellation.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        var intake = new TsIntake(sink);
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram, pinned: true);
        var (from, sender) = (new SocketAddress(socket.AddressFamily), new SocketAddress(socket.AddressFamily));
        TimeSpan? begin = null;
        TimeSpan? heard = null;
        while (true)
        {
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                throw Stalled(begin is not null);
            }
            catch (SocketException error)
            {
                throw new SourceException(SourceFailure.Unreachable, $"Receiving at {options} failed: {error.Message}", error);
            }
            var now = time.GetElapsedTime(0);
            if (heard is null || now - heard > Quiet)
            {
                from.Buffer.CopyTo(sender.Buffer);
                sender.Size = from.Size;
            }
            else if (!from.Equals(sender))
            {
                continue;
            }
            heard = now;
            begin ??= now;
            limit.CancelAfter(options.StallTimeout);
            intake.Receive(Payload(buffer.AsSpan(0, length)), now);
            if (!intake.HasTracks && now - begin > options.StartTimeout)
            {
                throw intake.Problem("The sender")!;
            }
        }
    }

    /// <inheritdoc />
    public void RequestKeyFrame()
    {
        // There is no way back to the sender.
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> datagram) =>
        datagram.Length > RtpHeader
        && datagram[0] >> 6 == 2
        && (datagram[1] & 0x7F) == RtpPayloadType
        && (datagram.Length - RtpHeader) % TsPacket.Length == 0
        && datagram[RtpHeader] == TsPacket.Sync
            ? datagram[RtpHeader..]
            : datagram;

    private Socket Open()
    {
        var socket = new Socket(options.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = BufferBytes;
            if (options.IsMulticast)
            {
                // Several receivers of a group may share the port; bound to the group, nothing else of that port comes in.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }
            socket.Bind(options.Address);
            if (options.IsMulticast)
            {
                Join(socket);
            }
            return socket;
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new SourceException(SourceFailure.Unreachable, Explain((error as SocketException)?.SocketErrorCode), error);
        }
    }

    private void Join(Socket socket)
    {
        var group = options.Address.Address;
        if (group.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var index = options.Interface is { } six ? IndexOf(six) : group.ScopeId;
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, index));
            return;
        }
        var option = options.Interface is { } four ? new MulticastOption(group, four) : new MulticastOption(group);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, option);
    }

    private static long IndexOf(IPAddress address) =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .FirstOrDefault(card => card.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)))
            ?.GetIPProperties()
            .GetIPv6Properties()
            .Index
        ?? 0;

    private string Explain(SocketError? error) =>
        error switch
        {
            SocketError.AddressAlreadyInUse => $"Another program, or another camera, receives at {options} already. Choose another port.",
            SocketError.AddressNotAvailable => options.IsMulticast
                ? $"The group of {options} can't be joined: there is no such interface."
                : $"{options.Address.Address} is not an address of this machine. A transport stream is sent here: give the address it arrives at, or 0.0.0.0.",
            SocketError.NetworkUnreachable or SocketError.HostUnreachable =>
                $"The group of {options} can't be joined: this machine has no network for it. Name one of its addresses with ?interface=ADDRESS.",
            SocketError.AccessDenied => $"This program may not receive at {options}; ports below 1024 need a privilege.",
            _ => $"Receiving at {options} failed{(error is null ? "" : $" ({error})")}.",
        };

    private SourceException Stalled(bool hasBegun)
    {
        var seconds = options.StallTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        return new SourceException(
            SourceFailure.Stalled,
            hasBegun
                ? $"The sender to {options} has sent nothing for {seconds} s."
                : $"Nothing arrives at {options}. Does somebody send there, and does a firewall let it in?"
        );
    }
}
