// SCTP: an association in mid-life, and the announcement of a channel.
using System.Buffers.Binary;
using Mumu.Protocols.Sctp;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Sctp.Sending;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Fuzz.Targets;

internal static class SctpTargets
{
    private const int TagAt = 4;
    private const int ChecksumAt = 8;
    private static readonly List<byte[]> s_talk = Talk(out _);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("sctp", [Pieces.Of(s_talk.Select(p => ((byte)0, p)))], Run) { Room = 256 * 1024 },
        new(
            "dcep-open",
            [DcepOpen.Make(new DataChannelSetup("label") { Protocol = "json" })],
            message => DcepOpen.TryParse(message, 1024, out _)
        ),
    ];

    // Packets go to an association that is set up, with its own tag and a right checksum: behind DTLS nothing else arrives.
    private static void Run(ReadOnlySpan<byte> input)
    {
        Talk(out var association);
        var tag = association.Tag;
        var now = TimeSpan.FromSeconds(1);
        var buffer = new byte[2048];
        for (var pieces = new Pieces(input); pieces.MoveNext(); now += TimeSpan.FromMilliseconds(pieces.Flags))
        {
            var packet = pieces.Current.ToArray();
            if (packet.Length >= SctpPacket.HeaderLength)
            {
                if ((pieces.Flags & 1) == 0)
                {
                    tag.CopyTo(packet, TagAt);
                }
                BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(ChecksumAt), 0);
            }
            association.End.Receive(packet, now);
            association.End.Tick(now);
            while (association.End.TryRead(out _)) { }
            while (association.End.TryTransmit(buffer, now, out _)) { }
        }
    }

    /// <summary>Two ends connect and exchange a message; gives what one sent, and the other with its tag.</summary>
    private static List<byte[]> Talk(out (SctpAssociation End, byte[] Tag) association)
    {
        var options = SctpOptions.Default with { WindowBytes = 32 * 1024, MaxMessageBytes = 16 * 1024 };
        SctpAssociation[] ends = [new(options, new Random(1)), new(options, new Random(2))];
        ends[0].Connect(default);
        ends[1].Connect(default);
        var sent = new List<byte[]>();
        var buffer = new byte[2048];
        for (var round = 0; round < 8; round++)
        {
            if (round == 4)
            {
                ends[0].TrySend(1, 53, new byte[3000], default(Delivery), default);
            }
            for (var from = 0; from < 2; from++)
            {
                while (ends[from].TryTransmit(buffer, default, out var length))
                {
                    if (from == 0)
                    {
                        sent.Add(buffer[..length]);
                    }
                    ends[1 - from].Receive(buffer.AsSpan(0, length), default);
                }
            }
        }
        while (ends[1].TryRead(out _)) { }
        association = (ends[1], sent[^1][TagAt..ChecksumAt]);
        return sent;
    }
}
