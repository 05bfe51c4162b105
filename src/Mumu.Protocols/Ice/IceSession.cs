// What the parts of one agent share: settings, keys, role, and the two queues that lead out.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>Shared state of an agent's parts; each part owns the rest of its state itself.</summary>
internal sealed class IceSession(IceOptions options)
{
    private readonly Queue<IceEvent> _events = new();

    public IceOptions Options { get; } = options;

    public IceRole Role { get; private set; } = options.Role;

    public IceKeys Keys { get; set; } = new(options.Local, null);

    /// <summary>The keys before a restart: requests under them are still answered, so that the old path serves until the new one works.</summary>
    public IceKeys? PreviousKeys { get; set; }

    public IceOutbox Outbox { get; } = new();

    public StunTransactionId NewTransaction() => StunTransactionId.Create(Options.Random, Options.TransactionTag);

    /// <summary>Draws from 0.8–1.2 times the mean, so that sessions do not march in step.</summary>
    public TimeSpan Jitter(TimeSpan mean) => mean * (0.8 + (0.4 * Options.Random.NextDouble()));

    public void Tell(IceEvent e) => _events.Enqueue(e);

    public bool TryRead(out IceEvent? e) => _events.TryDequeue(out e);

    public void Turn(IceRole role)
    {
        if (role != Role)
        {
            Role = role;
            Tell(new IceEvent.RoleChanged(role));
        }
    }
}
