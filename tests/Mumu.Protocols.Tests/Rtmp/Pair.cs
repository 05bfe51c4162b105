// Client and server core talking to each other in memory.
using Mumu.Protocols.Rtmp;

namespace Mumu.Protocols.Tests.Rtmp;

/// <summary>Carries bytes between two cores in pieces of a given length and notes what each tells.</summary>
internal sealed class Pair
{
    private readonly int _piece;

    internal Pair(string url, bool publishes, int piece = int.MaxValue, int seed = 1)
    {
        _piece = piece;
        Assert.True(RtmpAddress.TryParse(new Uri(url), out var address));
        Client = new RtmpClient(address, publishes, TimeSpan.FromSeconds(5), new Random(seed));
        Server = new RtmpServer(new RtmpServerOptions(), new Random(seed + 1), TimeSpan.Zero);
        Client.Start(Now);
        Run();
    }

    internal RtmpClient Client { get; }

    internal RtmpServer Server { get; }

    internal TimeSpan Now { get; set; }

    internal List<string> ServerEvents { get; } = [];

    internal List<string> ClientEvents { get; } = [];

    internal RtmpTarget Target { get; private set; }

    /// <summary>Exchanges until nobody has anything to say.</summary>
    internal void Run()
    {
        var hasMoved = true;
        while (hasMoved)
        {
            hasMoved = Move(Client.TryTransmit, bytes => ToServer(bytes)) | Move(Server.TryTransmit, bytes => ToClient(bytes));
        }
    }

    internal void ToServer(ReadOnlySpan<byte> bytes)
    {
        Server.Receive(bytes, Now);
        Note();
    }

    internal void ToClient(ReadOnlySpan<byte> bytes)
    {
        Client.Receive(bytes, Now);
        Note();
    }

    internal void Note()
    {
        while (Server.TryRead(out var e))
        {
            Target = e.Kind is RtmpServerEventKind.Publish or RtmpServerEventKind.Play ? e.Target : Target;
            ServerEvents.Add(
                e.Kind switch
                {
                    RtmpServerEventKind.Publish or RtmpServerEventKind.Play => $"{e.Kind} {e.Target.Path}",
                    RtmpServerEventKind.Ended => $"Ended {e.Reason}",
                    RtmpServerEventKind.Video or RtmpServerEventKind.Audio => $"{e.Kind} {e.Timestamp} {Convert.ToHexString(e.Payload)}",
                    _ => e.Kind.ToString(),
                }
            );
        }
        while (Client.TryRead(out var e))
        {
            ClientEvents.Add(
                e.Kind switch
                {
                    RtmpClientEventKind.Ended => $"Ended {e.End!.Reason} {e.End.Message}",
                    RtmpClientEventKind.Video or RtmpClientEventKind.Audio => $"{e.Kind} {e.Timestamp} {Convert.ToHexString(e.Payload)}",
                    _ => e.Kind.ToString(),
                }
            );
        }
    }

    /// <summary>A message as the driver of either end writes it.</summary>
    internal static byte[] Tag(RtmpMessageType type, uint time, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[RtmpChunks.Measure(payload.Length, time)];
        var stream = type == RtmpMessageType.Video ? RtmpChunks.VideoStream : RtmpChunks.AudioStream;
        Assert.Equal(bytes.Length, RtmpChunks.Write(bytes, stream, type, 1, time, payload, default));
        return bytes;
    }

    private delegate bool Transmit(Span<byte> buffer, out int length);

    private delegate void Take(ReadOnlySpan<byte> bytes);

    private bool Move(Transmit from, Take to)
    {
        var buffer = new byte[Math.Min(_piece, 4096)];
        var hasMoved = false;
        while (from(buffer, out var length))
        {
            to(buffer.AsSpan(0, length));
            hasMoved = true;
        }
        return hasMoved;
    }
}
