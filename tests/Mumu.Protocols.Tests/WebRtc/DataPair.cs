// Our two peers with data channels, and media or none, joined by a lossy path.
using System.Security.Cryptography;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.Tests.WebRtc;

/// <summary>Runs a <see cref="PeerPair"/> and reads the events of its data channels. End 0 is the receiver, which offered; end 1 the sender.</summary>
internal sealed class DataPair : IDisposable
{
    public DataPair(int seed = 1, double loss = 0, int jitterMs = 0, double duplication = 0, bool hasMedia = true)
    {
        Peers = new PeerPair(
            seed,
            loss,
            jitterMs: jitterMs,
            duplication: duplication,
            receiving: hasMedia
                ? new ReceivingOptions { Data = true }
                : new ReceivingOptions
                {
                    Data = true,
                    Video = [],
                    Audio = [],
                },
            acceptsData: true
        )
        {
            OnSettle = Read,
        };
    }

    public PeerPair Peers { get; }

    public PeerDataChannels[] Ends => [Peers.Receiver.Data!, Peers.Sender.Data!];

    public List<(DataChannelEventKind Kind, DataChannel Channel, int Length, string Hash, bool IsText)>[] Heard { get; } =
    [
        [],
        [],
    ];

    /// <summary>Whether an end reads what comes.</summary>
    public bool[] Reads { get; } = [true, true];

    public static string Hash(ReadOnlySpan<byte> data) => Convert.ToHexString(SHA256.HashData(data));

    public void Connect()
    {
        Peers.Connect();
        Assert.True(RunUntil(() => Ends[0].IsConnected && Ends[1].IsConnected, 60), "The data channels did not connect.");
    }

    public DataChannel Open(int end, DataChannelSetup setup)
    {
        var channel = Ends[end].Open(setup);
        Assert.NotNull(channel);
        Assert.True(
            RunUntil(
                () =>
                    Count(1 - end, DataChannelEventKind.Opened, setup.Label) > 0
                    && Count(end, DataChannelEventKind.Opened, setup.Label) > 0,
                60
            )
        );
        return channel;
    }

    public DataChannel Find(int end, string label) => Ends[end].Channels.Single(channel => channel.Label == label);

    public int Count(int end, DataChannelEventKind kind, string label) =>
        Heard[end].Count(heard => heard.Kind == kind && heard.Channel.Label == label);

    public IEnumerable<string> MessagesAt(int end, string label) =>
        Heard[end].Where(heard => heard.Kind == DataChannelEventKind.Message && heard.Channel.Label == label).Select(heard => heard.Hash);

    public void Send(int end, DataChannel channel, ReadOnlySpan<byte> data, bool isText = false) =>
        Assert.Equal(DataSendResult.Queued, Ends[end].Send(channel, data, isText, Peers.Now));

    public bool RunUntil(Func<bool> done, double seconds) => Peers.RunUntil(done, seconds);

    public void Dispose() => Peers.Dispose();

    private void Read()
    {
        for (var end = 0; end < 2; end++)
        {
            while (Reads[end] && Ends[end].TryRead(out var e))
            {
                var isMessage = e.Kind == DataChannelEventKind.Message;
                Heard[end].Add((e.Kind, e.Channel, e.Data.Length, isMessage ? Hash(e.Data.Span) : "", e.IsText));
            }
        }
    }
}
