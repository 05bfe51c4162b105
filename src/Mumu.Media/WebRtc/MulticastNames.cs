// Looks up the ".local" names that browsers put into candidates instead of addresses.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Multicast DNS queries (RFC 6762 §5.1), one at a time: browsers answer to the group, other responders to the port that asked, so both are listened to. Names are few, waits short; one that is
/// not found costs a viewer nothing but this one candidate, since its checks reach us anyway.
/// </summary>
internal sealed class MulticastNames
{
    private const int Concurrent = 16;
    private const int Tries = 2;
    private const int Port = 5353;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(700);
    private static readonly IPAddress s_group = IPAddress.Parse("224.0.0.251");
    private int _asking;

    /// <summary>True for a name that this class looks up.</summary>
    internal static bool IsName(string host) =>
        host.Length is > 6 and <= 255 && host.EndsWith(".local", StringComparison.OrdinalIgnoreCase);

    /// <summary>The address of a name, or null; also null while many others are asked for.</summary>
    internal async Task<IPAddress?> ResolveAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return Interlocked.Increment(ref _asking) > Concurrent ? null : await AskAsync(name, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return null; // No network that takes multicast: then there is nobody to ask.
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private static async Task<IPAddress?> AskAsync(string name, CancellationToken cancellation)
    {
        var interfaces = HostAddresses
            .Of(TransportAddress.From(IPAddress.Any, 0), includeLoopback: false)
            .Select(address => address.ToIPAddress())
            .ToList();
        using var asking = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        asking.Bind(new IPEndPoint(IPAddress.Any, 0));
        using var group = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        group.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        // Bound to the group itself, it takes nothing that was meant for the machine's own responder.
        group.Bind(new IPEndPoint(OperatingSystem.IsWindows() ? IPAddress.Any : s_group, Port));
        foreach (var address in interfaces)
        {
            group.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(s_group, address));
        }
        var query = new byte[300];
        var length = WriteQuery(query, name);
        for (var i = 0; i < Tries; i++)
        {
            foreach (var address in interfaces)
            {
                asking.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, address.GetAddressBytes());
                await asking.SendToAsync(query.AsMemory(0, length), new IPEndPoint(s_group, Port), cancellation).ConfigureAwait(false);
            }
            if (await FirstAnswerAsync(asking, group, name, cancellation).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    private static async Task<IPAddress?> FirstAnswerAsync(Socket asking, Socket group, string name, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_wait);
        var answers = new[] { ReceiveAsync(asking, name, limit.Token), ReceiveAsync(group, name, limit.Token) };
        var first = await (await Task.WhenAny(answers).ConfigureAwait(false)).ConfigureAwait(false);
        await limit.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(answers).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return first;
    }

    /// <summary>Writes a query for an IPv4 address.</summary>
    internal static int WriteQuery(Span<byte> query, string name)
    {
        query.Clear();
        query[5] = 1; // one question
        var at = 12;
        foreach (var label in name.Split('.'))
        {
            var bytes = Encoding.ASCII.GetBytes(label);
            var size = Math.Min(63, bytes.Length);
            query[at++] = (byte)size;
            bytes.AsSpan(0, size).CopyTo(query[at..]);
            at += size;
        }
        at++;
        query[at + 1] = 1; // A
        query[at + 3] = 1; // IN
        return at + 4;
    }

    /// <summary>Finds the first IPv4 address that a response gives for a name.</summary>
    internal static bool TryReadAnswer(ReadOnlySpan<byte> response, string name, out IPAddress? address)
    {
        address = null;
        if (response.Length < 12 || (response[2] & 0x80) == 0)
        {
            return false;
        }
        var at = 12;
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(response[4..]); left > 0; left--)
        {
            if (!TryReadName(response, ref at, out _))
            {
                return false;
            }
            at += 4;
        }
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(response[6..]); left > 0; left--)
        {
            if (!TryReadName(response, ref at, out var owner) || at + 10 > response.Length)
            {
                return false;
            }
            var type = BinaryPrimitives.ReadUInt16BigEndian(response[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(response[(at + 8)..]);
            at += 10;
            if (at + length > response.Length)
            {
                return false;
            }
            if (type == 1 && length == 4 && owner.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                address = new IPAddress(response.Slice(at, 4));
                return true;
            }
            at += length;
        }
        return false;
    }

    private static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        var labels = new List<string>();
        name = "";
        var end = -1;
        var position = at;
        for (var steps = 0; steps < 64; steps++)
        {
            if (position >= message.Length)
            {
                return false;
            }
            var size = message[position];
            if (size == 0)
            {
                at = end < 0 ? position + 1 : end;
                name = string.Join('.', labels);
                return true;
            }
            if ((size & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }
                end = end < 0 ? position + 2 : end;
                position = ((size & 0x3F) << 8) | message[position + 1];
                continue;
            }
            if (size > 63 || position + 1 + size > message.Length)
            {
                return false;
            }
            labels.Add(Encoding.ASCII.GetString(message.Slice(position + 1, size)));
            position += 1 + size;
        }
        return false;
    }

    /// <summary>Waits for the answer on one socket; null when its time is over.</summary>
    private static async Task<IPAddress?> ReceiveAsync(Socket socket, string name, CancellationToken limit)
    {
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                var result = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), limit).ConfigureAwait(false);
                if (TryReadAnswer(buffer.AsSpan(0, result.ReceivedBytes), name, out var address))
                {
                    return address;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
