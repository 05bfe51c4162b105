// A client that speaks RTSP by hand, so that it can do it wrong, or not read.
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mumu.Media.Tests.Outputs;

internal sealed class RawRtspClient(TcpClient client) : IDisposable
{
    private readonly List<byte> _input = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _number;

    internal string Session { get; private set; } = "";

    /// <summary>The last body that came.</summary>
    internal string Body { get; private set; } = "";

    internal static string Authorization { get; } =
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{RtspServerRig.Key}"))}\r\n";

    /// <summary>Interleaved packets met on the way: channel and bytes.</summary>
    internal Queue<(int Channel, byte[] Packet)> Packets { get; } = new();

    internal Socket Socket => client.Client;

    internal async Task SendAsync(byte[] bytes) => await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Sends a request and waits for its answer; returns the whole head.</summary>
    internal async Task<string> AskAsync(string method, string path, string headers = "", string body = "")
    {
        var length = body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "";
        var session = Session.Length > 0 ? $"Session: {Session}\r\n" : "";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} rtsp://127.0.0.1/{path} RTSP/1.0\r\nCSeq: {++_number}\r\n{Authorization}{session}{headers}{length}\r\n{body}"
        );
        await SendAsync(Encoding.UTF8.GetBytes(text));
        while (true)
        {
            if (TryTakeResponse(out var response))
            {
                return response;
            }
            await FillAsync();
        }
    }

    internal async Task<string> PlayAsync(string path, string transport = "RTP/AVP/TCP;unicast;interleaved=0-1")
    {
        await AskAsync("DESCRIBE", path);
        await AskAsync("SETUP", $"{path}/trackID=0", $"Transport: {transport}\r\n");
        return await AskAsync("PLAY", path);
    }

    /// <summary>The next interleaved packet.</summary>
    internal async Task<(int Channel, byte[] Packet)> PacketAsync()
    {
        (int, byte[]) packet;
        while (!Packets.TryDequeue(out packet) && !TryTakePacket(out packet))
        {
            await FillAsync();
        }
        return packet;
    }

    /// <summary>Waits for the server to close the connection.</summary>
    internal async Task ClosedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            while (await client.GetStream().ReadAsync(_buffer, limit.Token) > 0) { }
        }
        catch (IOException)
        {
            // Reset is closed, too.
        }
    }

    public void Dispose() => client.Dispose();

    private async Task FillAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var length = await client.GetStream().ReadAsync(_buffer, limit.Token);
        Assert.True(length > 0, "The server closed the connection.");
        _input.AddRange(_buffer.AsSpan(0, length));
    }

    private bool TryTakePacket(out (int, byte[]) packet)
    {
        packet = default;
        if (_input.Count < 4 || _input[0] != '$')
        {
            return false;
        }
        var length = (_input[2] << 8) | _input[3];
        if (_input.Count < 4 + length)
        {
            return false;
        }
        packet = (_input[1], [.. _input.GetRange(4, length)]);
        _input.RemoveRange(0, 4 + length);
        return true;
    }

    private bool TryTakeResponse(out string response)
    {
        while (TryTakePacket(out var packet))
        {
            Packets.Enqueue(packet);
        }
        response = "";
        var text = Encoding.Latin1.GetString([.. _input]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || text[0] == '$')
        {
            return false;
        }
        var head = text[..(end + 4)];
        var length = Field(head, "Content-Length") is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : 0;
        if (_input.Count < head.Length + length)
        {
            return false;
        }
        Body = length > 0 ? text.Substring(head.Length, length) : Body;
        _input.RemoveRange(0, head.Length + length);
        Session = Field(head, "Session")?.Split(';')[0] ?? Session;
        response = head;
        return true;
    }

    internal static string? Field(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    /// <summary>An interleaved packet as bytes.</summary>
    internal static byte[] Framed(int channel, byte[] packet)
    {
        var bytes = new byte[4 + packet.Length];
        (bytes[0], bytes[1]) = ((byte)'$', (byte)channel);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)packet.Length);
        packet.CopyTo(bytes, 4);
        return bytes;
    }
}
