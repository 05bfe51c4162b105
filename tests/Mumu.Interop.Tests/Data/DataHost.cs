// The engine on loopback, with an owner of sessions that answers on data channels by their labels.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Interop.Tests.Data;

/// <summary>
/// "echo…" gives messages back; "hash…" answers with length and SHA-256; "flood…" sends as many bytes of random messages as it is asked for, then their hash; "sink…" takes the bytes it is
/// told of, then answers with their hash; "open…" opens channels of its own, one of each kind.
/// </summary>
internal sealed class DataHost : IAsyncDisposable
{
    private readonly WebRtcEngine _engine = new(
        new WebRtcOptions
        {
            Bind = IPAddress.Loopback,
            Port = 0,
            Loops = 1,
        },
        TimeProvider.System,
        NullLogger<WebRtcEngine>.Instance
    );
    private readonly MediaStream _stream = new(
        "simulator",
        () =>
            new SimulatorSource(
                new SimulatorOptions
                {
                    Width = 320,
                    Height = 180,
                    Kbps = 300,
                }
            ),
        new StreamOptions { OnDemand = true },
        TimeProvider.System
    );
    private readonly ConcurrentDictionary<DataChannel, Sink> _sinks = [];

    public DataHost() => _engine.Start();

    /// <summary>Channels that are over.</summary>
    public ConcurrentQueue<DataChannel> Closed { get; } = [];

    /// <summary>Channels the other side opened, or has confirmed.</summary>
    public ConcurrentQueue<DataChannel> Opened { get; } = [];

    public async Task<ViewerSession> AnswerAsync(string offer)
    {
        var session = await _engine.AnswerAsync(
            new ViewerOffer(_stream, offer, []) { AcceptsData = true },
            TestContext.Current.CancellationToken
        );
        _ = Task.Run(() => ServeAsync(session.Data!));
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _stream.DisposeAsync();
    }

    private async Task ServeAsync(ViewerData data)
    {
        while (await data.ReadAsync(CancellationToken.None) is { } e)
        {
            switch (e.Kind)
            {
                case DataChannelEventKind.Opened:
                    Opened.Enqueue(e.Channel);
                    break;
                case DataChannelEventKind.Closed:
                    Closed.Enqueue(e.Channel);
                    break;
                case DataChannelEventKind.Message:
                    await TakeAsync(data, e);
                    break;
            }
        }
    }

    private async Task TakeAsync(ViewerData data, DataChannelEvent e)
    {
        var label = e.Channel.Label;
        if (label.StartsWith("echo", StringComparison.Ordinal))
        {
            await data.SendAsync(e.Channel, e.Data, e.IsText, CancellationToken.None);
        }
        else if (label.StartsWith("hash", StringComparison.Ordinal))
        {
            await SayAsync(data, e.Channel, $"{e.Data.Length} {Convert.ToHexStringLower(SHA256.HashData(e.Data.Span))}");
        }
        else if (label.StartsWith("flood", StringComparison.Ordinal))
        {
            var words = Encoding.UTF8.GetString(e.Data.Span).Split(' ');
            _ = Task.Run(() => FloodAsync(data, e.Channel, Number(words[0]), Number(words[1])));
        }
        else if (label.StartsWith("open", StringComparison.Ordinal))
        {
            data.Open(new DataChannelSetup("ours ordered") { Protocol = "test" });
            data.Open(new DataChannelSetup("ours unordered") { IsOrdered = false });
            data.Open(new DataChannelSetup("ours once") { MaxRetransmits = 0, IsOrdered = false });
            data.Open(new DataChannelSetup("ours timed") { MaxLife = TimeSpan.FromMilliseconds(700) });
        }
        else if (e.IsText)
        {
            _sinks[e.Channel] = new Sink(Number(Encoding.UTF8.GetString(e.Data.Span)));
        }
        else if (_sinks.TryGetValue(e.Channel, out var sink) && sink.Take(e.Data.Span))
        {
            await SayAsync(data, e.Channel, Convert.ToHexStringLower(sink.Hash.GetHashAndReset()));
        }
    }

    private static async Task FloodAsync(ViewerData data, DataChannel channel, long bytes, long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var message = new byte[size];
        for (var sent = 0L; sent < bytes; sent += size)
        {
            Random.Shared.NextBytes(message);
            hash.AppendData(message);
            if (await data.SendAsync(channel, message, false, CancellationToken.None) != DataSendResult.Queued)
            {
                return;
            }
        }
        await SayAsync(data, channel, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static async Task SayAsync(ViewerData data, DataChannel channel, string text) =>
        await data.SendAsync(channel, Encoding.UTF8.GetBytes(text), true, CancellationToken.None);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Sink(long wanted)
    {
        private long _left = wanted;

        public IncrementalHash Hash { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public bool Take(ReadOnlySpan<byte> data)
        {
            Hash.AppendData(data);
            _left -= data.Length;
            return _left <= 0;
        }
    }
}
