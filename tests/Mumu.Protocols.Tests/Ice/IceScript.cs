// A peer written by hand: makes single checks and answers, right or forged, and reads what the agent says.
using System.Text;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

/// <summary>An agent with one base (10.0.0.1:1000) against a peer at 10.0.0.2:2000 that does just what the test says.</summary>
internal sealed class IceScript
{
    public static readonly FlowId Flow = new(0, IceLab.At("10.0.0.2:2000"));
    public static readonly FlowId OtherFlow = new(0, IceLab.At("10.0.0.3:3000"));
    private readonly byte[] _buffer = new byte[1024];
    private ulong _transaction;

    public IceScript(IceRole role, ulong tieBreaker = 1000, bool knowsRemote = true, Func<IceOptions, IceOptions>? change = null)
    {
        var options = new IceOptions
        {
            Role = role,
            Local = Ours,
            TieBreaker = tieBreaker,
            Random = new Random(1),
        };
        Agent = new IceAgent(change?.Invoke(options) ?? options);
        Agent.AddLocalBase(0, IceLab.At("10.0.0.1:1000"));
        if (knowsRemote)
        {
            Agent.SetRemote(Theirs, remoteIsLite: false);
        }
        Agent.Tick(Now);
    }

    public static IceCredentials Ours { get; } = new("ours", "our password of 22 signs or more");

    public static IceCredentials Theirs { get; } = new("theirs", "their password of 22 signs or more");

    public IceAgent Agent { get; }

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Sends the agent a check; true if it took it.</summary>
    public bool Check(
        FlowId? flow = null,
        IceRole role = IceRole.Controlling,
        ulong tieBreaker = 1,
        bool useCandidate = false,
        string? username = null,
        string? password = null,
        StunAttribute? extra = null,
        uint priority = 1000
    ) => Agent.Receive(MakeCheck(role, tieBreaker, useCandidate, username, password, extra, priority), flow ?? Flow, Now);

    public byte[] MakeCheck(
        IceRole role = IceRole.Controlling,
        ulong tieBreaker = 1,
        bool useCandidate = false,
        string? username = null,
        string? password = null,
        StunAttribute? extra = null,
        uint priority = 1000,
        bool hasFingerprint = true
    )
    {
        var writer = new StunWriter(_buffer, StunClass.Request, StunMethod.Binding, new StunTransactionId(77, ++_transaction));
        writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(username ?? "ours:theirs"));
        writer.WriteUInt64(role == IceRole.Controlling ? StunAttribute.IceControlling : StunAttribute.IceControlled, tieBreaker);
        writer.WriteUInt32(StunAttribute.Priority, priority);
        if (useCandidate)
        {
            writer.Write(StunAttribute.UseCandidate, default);
        }
        if (extra is { } attribute)
        {
            writer.WriteUInt32(attribute, 0);
        }
        writer.WriteIntegrity(Encoding.UTF8.GetBytes(password ?? Ours.Password));
        if (hasFingerprint)
        {
            writer.WriteFingerprint();
        }
        return _buffer[..writer.Length];
    }

    /// <summary>Answers a check of the agent; true if it took the answer.</summary>
    public bool Answer(in Said check, FlowId? flow = null, string? password = null, int error = 0, StunTransactionId? transaction = null)
    {
        var writer = new StunWriter(
            _buffer,
            error == 0 ? StunClass.Success : StunClass.Error,
            StunMethod.Binding,
            transaction ?? check.Transaction
        );
        if (error == 0)
        {
            writer.WriteXorAddress(StunAttribute.XorMappedAddress, IceLab.At("10.0.0.1:1000"));
        }
        else
        {
            writer.WriteError(error, "No"u8);
        }
        writer.WriteIntegrity(Encoding.UTF8.GetBytes(password ?? Theirs.Password));
        writer.WriteFingerprint();
        return Agent.Receive(_buffer.AsSpan(0, writer.Length), flow ?? check.Flow, Now);
    }

    /// <summary>Lets time pass up to and including the given span, and returns all the agent has to say meanwhile.</summary>
    public List<Said> Listen(double seconds = 0)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        var said = new List<Said>();
        while (true)
        {
            while (Agent.TryTransmit(_buffer, out var length, out var flow))
            {
                Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out var message));
                message.TryGetError(out var error);
                said.Add(
                    new Said(message.Class, message.TransactionId, flow, error.Code, message.Has(StunAttribute.UseCandidate))
                    {
                        IsControlling = message.Has(StunAttribute.IceControlling),
                        IsSigned = message.HasIntegrity(
                            Encoding.UTF8.GetBytes(message.Class == StunClass.Request ? Theirs.Password : Ours.Password)
                        ),
                    }
                );
            }
            if (Agent.NextDeadline is not { } deadline || deadline > end)
            {
                Now = end;
                return said;
            }
            Now = deadline > Now ? deadline : Now;
            Agent.Tick(Now);
        }
    }

    /// <summary>The check among what was said.</summary>
    public Said ListenForCheck(double seconds = 1) => Listen(seconds).Last(said => said.Class == StunClass.Request);

    public readonly record struct Said(StunClass Class, StunTransactionId Transaction, FlowId Flow, int Error, bool UseCandidate)
    {
        public bool IsControlling { get; init; }
        public bool IsSigned { get; init; }
    }
}
