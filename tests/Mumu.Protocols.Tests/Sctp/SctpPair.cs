// Two associations joined by a lossy path under virtual time.
using System.Net;
using System.Security.Cryptography;
using Mumu.Protocols.Sctp;
using Mumu.Protocols.Sctp.Sending;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Tests.WebRtc;

namespace Mumu.Protocols.Tests.Sctp;

/// <summary>Runs both ends; by default everything that comes is read at once.</summary>
internal sealed class SctpPair
{
    private static readonly TransportAddress s_anywhere = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 1);
    private readonly bool[] _reads = [true, true];

    public SctpPair(
        int seed = 1,
        double loss = 0,
        int delayMs = 20,
        int jitterMs = 0,
        double duplication = 0,
        SctpOptions? options = null,
        SctpOptions? otherOptions = null
    )
    {
        Path = new LossyPath(seed, loss, TimeSpan.FromMilliseconds(delayMs), TimeSpan.FromMilliseconds(jitterMs), duplication);
        Ends =
        [
            new SctpAssociation(options ?? SctpOptions.Default, new Random(seed * 2)),
            new SctpAssociation(otherOptions ?? options ?? SctpOptions.Default, new Random(seed * 2 + 1)),
        ];
    }

    public LossyPath Path { get; }

    public SctpAssociation[] Ends { get; }

    public SctpAssociation A => Ends[0];

    public SctpAssociation B => Ends[1];

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    /// <summary>What each end was told, messages as hashes.</summary>
    public List<Heard>[] Heard { get; } =
    [
        [],
        [],
    ];

    /// <summary>Sees each packet before it is sent; may change it, or swallow it by giving null.</summary>
    public Func<int, byte[], byte[]?>? OnPacket { get; set; }

    public static string Hash(ReadOnlySpan<byte> data) => Convert.ToHexString(SHA256.HashData(data));

    public void SetReading(int end, bool reads) => _reads[end] = reads;

    public void Connect(bool both = true)
    {
        A.Connect(Now);
        if (both)
        {
            B.Connect(Now);
        }
        Assert.True(RunUntil(() => A.State == SctpState.Established && B.State == SctpState.Established, 60), $"{A.State} {B.State}");
    }

    public void Send(int end, ushort stream, byte[] data, Delivery delivery = default) =>
        Assert.True(Ends[end].TrySend(stream, 53, data, delivery, Now));

    public IEnumerable<Heard> MessagesAt(int end) => Heard[end].Where(heard => heard.Kind == SctpEventKind.Message);

    public bool RunUntil(Func<bool> done, double seconds)
    {
        var limit = Now + TimeSpan.FromSeconds(seconds);
        Settle();
        while (!done())
        {
            var next = new[] { Path.Next, A.NextDeadline, B.NextDeadline }.Min();
            if (next is null || next > limit)
            {
                Now = limit;
                return done();
            }
            Now = next > Now ? next.Value : Now;
            while (Path.TryTake(Now, out var to, out _, out var packet))
            {
                Ends[to].Receive(packet, Now);
                Settle();
            }
            foreach (var end in Ends)
            {
                if (end.NextDeadline <= Now)
                {
                    end.Tick(Now);
                }
            }
            Settle();
        }
        return true;
    }

    public void Run(double seconds) => RunUntil(() => false, seconds);

    public void Settle()
    {
        var buffer = new byte[2000];
        for (var end = 0; end < 2; end++)
        {
            while (_reads[end] && Ends[end].TryRead(out var e))
            {
                Heard[end].Add(new Heard(e.Kind, e.Stream, e.Length, e.Kind == SctpEventKind.Message ? Hash(e.Data) : "", Now));
            }
            while (Ends[end].TryTransmit(buffer, Now, out var length))
            {
                var packet = buffer.AsSpan(0, length).ToArray();
                if ((OnPacket is null ? packet : OnPacket(end, packet)) is { } sent)
                {
                    Path.Send(1 - end, s_anywhere, sent, Now);
                }
            }
        }
    }
}

/// <summary>An event as an end got it.</summary>
internal sealed record Heard(SctpEventKind Kind, ushort Stream, int Length, string Hash, TimeSpan At);
