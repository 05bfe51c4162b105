// Data channels through the engine on loopback.
using System.Collections.Concurrent;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.Tests.WebRtc;

public sealed class DataTests
{
    private static readonly ReceivingOptions s_both = new() { Audio = [], Data = true };
    private static readonly ReceivingOptions s_dataOnly = new()
    {
        Audio = [],
        Video = [],
        Data = true,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_come_back_with_and_without_pictures(bool hasMedia)
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var heard = new ConcurrentQueue<byte[]>();
        var sizes = new[] { 0, 1, 1000, 20_000, 262_144, 262_144, 5, 100_000 };
        var random = new Random(1);
        var sent = sizes
            .Select(size =>
            {
                var data = new byte[size];
                random.NextBytes(data);
                return data;
            })
            .ToList();
        var next = 0;
        DataChannel? channel = null;
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer =>
                viewer.OnTurn = now =>
                {
                    if (viewer.Peer.Data is not { IsConnected: true } data)
                    {
                        return;
                    }
                    channel ??= data.Open(new DataChannelSetup("echo"));
                    while (next < sent.Count && data.Send(channel!, sent[next], false, now) == DataSendResult.Queued)
                    {
                        next++;
                    }
                    while (data.TryRead(out var e))
                    {
                        if (e.Kind == DataChannelEventKind.Message)
                        {
                            heard.Enqueue(e.Data.ToArray());
                        }
                    }
                },
            receiving: hasMedia ? s_both : s_dataOnly
        );
        var echo = new DataEcho(session);

        await crowd.WaitAsync(() => heard.Count == sent.Count, "The messages did not come back.");
        Assert.Equal(sent, heard);
        if (hasMedia)
        {
            await crowd.WaitAsync(() => viewer.Frames.Count > 20, "No pictures came beside the data.");
        }
        viewer.Leave();
        await echo.EndAsync();
        Assert.Equal(sent.Count, echo.Messages);
    }

    [Fact]
    public async Task The_owner_opens_sends_and_closes_from_any_thread()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var heard = new ConcurrentQueue<(DataChannelEventKind Kind, string Label, int First)>();
        var (_, session) = await crowd.JoinAsync(
            rig,
            viewer =>
                viewer.OnTurn = _ =>
                {
                    while (viewer.Peer.Data?.TryRead(out var e) == true)
                    {
                        heard.Enqueue((e.Kind, e.Channel.Label, e.Data.IsEmpty ? -1 : e.Data.Span[0]));
                    }
                },
            receiving: s_both
        );
        var data = session.Data!;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => data.Open(new DataChannelSetup($"{i}")))));
        var channels = new List<DataChannel>();
        while (channels.Count < 8)
        {
            var e = await data.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(DataChannelEventKind.Opened, e!.Value.Kind);
            channels.Add(e.Value.Channel);
        }
        await Task.WhenAll(
            channels.Select(channel =>
                Task.Run(async () =>
                {
                    for (var i = 0; i < 50; i++)
                    {
                        var message = new byte[20_000];
                        message[0] = (byte)i;
                        Assert.Equal(
                            DataSendResult.Queued,
                            await data.SendAsync(channel, message, false, TestContext.Current.CancellationToken)
                        );
                    }
                    data.Close(channel);
                })
            )
        );

        await crowd.WaitAsync(() => heard.Count(e => e.Kind == DataChannelEventKind.Closed) == 8, "The channels did not close.");
        foreach (var label in channels.Select(channel => channel.Label))
        {
            Assert.Equal(
                Enumerable.Range(0, 50),
                heard.Where(e => e.Label == label && e.Kind == DataChannelEventKind.Message).Select(e => e.First)
            );
        }
        Assert.Equal(DataSendResult.NotOpen, data.TrySend(channels[0], [1], false));
        Assert.Equal(DataSendResult.TooLong, data.TrySend(channels[0], new byte[300_000], false));
    }

    [Fact]
    public async Task An_owner_that_does_not_read_holds_the_viewer_back_and_costs_little()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        DataChannel? channel = null;
        var sent = 0;
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer =>
                viewer.OnTurn = now =>
                {
                    if (viewer.Peer.Data is { IsConnected: true } data)
                    {
                        channel ??= data.Open(new DataChannelSetup("flood"));
                        while (sent < 100 && data.Send(channel!, new byte[100_000], false, now) == DataSendResult.Queued)
                        {
                            sent++;
                        }
                        data.TryRead(out _);
                    }
                },
            receiving: s_both
        );
        await crowd.WaitAsync(() => viewer.Frames.Count > 60, "The pictures stopped.");
        Assert.InRange(sent, 40, 70); // 4 MiB with the viewer, 1.5 MiB with us

        var read = 0;
        while (read < 100)
        {
            read +=
                (await session.Data!.ReadAsync(TestContext.Current.CancellationToken))!.Value.Kind == DataChannelEventKind.Message ? 1 : 0;
        }
        await session.CloseAsync();
        while (await session.Data!.ReadAsync(TestContext.Current.CancellationToken) is not null)
        {
            // What the end leaves to read.
        }
    }

    [Fact]
    public async Task Who_does_not_want_data_gets_none()
    {
        await using var rig = new Rig();
        var offer = new TestViewer(1, s_both);
        var session = await rig.Engine.AnswerAsync(new ViewerOffer(rig.Stream, offer.Offer, []), TestContext.Current.CancellationToken);
        Assert.Null(session.Data);
        Assert.Contains("m=application 0", session.AnswerSdp, StringComparison.Ordinal);
        offer.Dispose();
    }
}
