// The pairing code of a device that has no owner yet.
using Mumu.Signaling;

namespace Mumu.Agent.Uplink;

/// <summary>A code for people to type.</summary>
/// <param name="Code">Six digits, single use.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Page">The page to type it on, for a QR code.</param>
/// <param name="Fingerprint">What the page must show for this device.</param>
public sealed record PairingTicket(string Code, DateTimeOffset ExpiresAt, Uri Page, string Fingerprint);

/// <summary>Keeps a fresh code while one is wanted: the first as soon as the hub says that the device has no owner, a new one before each expires.</summary>
public sealed class Pairing(TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private DateTimeOffset? _askAt;

    /// <summary>The code that is good now; null where none is.</summary>
    public PairingTicket? Ticket { get; private set; }

    /// <summary>True if the device has an owner; null while no hub has said so.</summary>
    public bool? IsPaired { get; private set; }

    /// <summary>A new code is there. Raised from the uplink; handlers must not block.</summary>
    public event Action<PairingTicket>? CodeIssued;

    /// <summary>The device has an owner: the user's name.</summary>
    public event Action<string>? PairedWith;

    /// <summary>Asks for a code even where the device has an owner, to let someone else watch; it comes by <see cref="CodeIssued"/>.</summary>
    public void Request()
    {
        lock (_lock)
        {
            _askAt = time.GetUtcNow();
        }
    }

    /// <summary>The hub greeted the device.</summary>
    internal void Greeted(bool paired)
    {
        lock (_lock)
        {
            IsPaired = paired;
            Ticket = null;
            _askAt = paired ? null : time.GetUtcNow();
        }
    }

    /// <summary>True if the hub has to be asked for a code now.</summary>
    internal bool TakeRequest()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (Ticket is { } ticket && ticket.ExpiresAt <= now)
            {
                Ticket = null;
            }
            if (_askAt is not { } due || now < due)
            {
                return false;
            }
            _askAt = now + AnswerLimit;
            return true;
        }
    }

    /// <summary>The hub gave a code.</summary>
    internal void Issued(PairingCode message, HubAddress hub, string deviceId, string fingerprint)
    {
        if (message.Code is not { Length: >= 4 and <= 12 } code || !code.All(char.IsAsciiDigit))
        {
            return;
        }
        PairingTicket ticket;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            // The length of its life counts, not the hub's clock, which may be set otherwise than ours.
            var life = TimeSpan.FromSeconds(Math.Clamp(message.Ttl, 30, 3600));
            ticket = new PairingTicket(code, now + life, hub.PairingPage(code, deviceId, fingerprint), fingerprint);
            Ticket = ticket;
            _askAt = IsPaired == true ? null : ticket.ExpiresAt - RenewBefore;
        }
        CodeIssued?.Invoke(ticket);
    }

    /// <summary>The hub says someone owns the device.</summary>
    internal void Paired(string username)
    {
        lock (_lock)
        {
            IsPaired = true;
            Ticket = null;
            _askAt = null;
        }
        PairedWith?.Invoke(username);
    }
}
