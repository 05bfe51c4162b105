// What the terminal says to people: where to look, the set-up link, pairing codes.
using Mumu.Agent.Uplink;
using Mumu.Turn;
using QRCoder;

namespace Mumu.Cli.Hosting;

internal static class Announcement
{
    /// <summary>Everything is up.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="plan">What runs.</param>
    /// <param name="setupToken">The one-time token while there is no owner, else null.</param>
    public static void Started(TextWriter output, HostPlan plan, string? setupToken)
    {
        output.WriteLine();
        output.WriteLine("  MuMu Camera is running.");
        if (plan.RunsHub)
        {
            output.WriteLine($"  Open      {plan.WebForPeople}");
            if (setupToken is not null)
            {
                output.WriteLine($"  Set up    {plan.WebForPeople}/setup#{setupToken}");
                output.WriteLine("            (works once: make the owner's account there)");
            }
        }
        if (plan.RunsTurn)
        {
            output.WriteLine($"  Relay     port {plan.Ports.Turn}/udp and tcp (STUN and TURN)");
        }
        output.WriteLine($"  Data      {plan.DataDirectory}");
        output.WriteLine("  Stop      Ctrl-C");
        output.WriteLine();
        output.Flush();
    }

    /// <summary>The TURN server alone is up.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="secretAt">The file with the secret for the hub; null where the settings have it.</param>
    public static void TurnStarted(TextWriter output, TurnListenerOptions options, string? secretAt)
    {
        output.WriteLine();
        output.WriteLine("  MuMu Camera's STUN and TURN server is running.");
        output.WriteLine($"  Listens   {options.Listen} (UDP and TCP)");
        if (options.Certificate is not null)
        {
            output.WriteLine($"            {options.TlsListen} (TLS)");
        }
        output.WriteLine($"  Relays    ports {options.FirstRelayPort}–{options.LastRelayPort}");
        if (secretAt is not null)
        {
            output.WriteLine($"  Secret    in {secretAt}; the hub wants it as “hub.turn.secret”");
        }
        output.WriteLine("  Stop      Ctrl-C");
        output.WriteLine();
        output.Flush();
    }

    /// <summary>A device without an owner has a code.</summary>
    public static void PairingCode(TextWriter output, PairingTicket ticket, TimeProvider time)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(ticket.Page.ToString(), QRCodeGenerator.ECCLevel.L);
        using var code = new AsciiQRCode(data);
        output.WriteLine();
        output.WriteLine(code.GetGraphicSmall(drawQuietZones: true));
        output.WriteLine();
        output.WriteLine($"  Pairing code   {ticket.Code[..3]} {ticket.Code[3..]}");
        output.WriteLine(
            $"  Type it at     {ticket.Page.GetLeftPart(UriPartial.Authority)}  (Devices → Pair a device), or scan the picture"
        );
        output.WriteLine($"  Fingerprint    {ticket.Fingerprint}");
        output.WriteLine(
            $"  Good until     {ticket.ExpiresAt.ToLocalTime():HH:mm:ss} ({(ticket.ExpiresAt - time.GetUtcNow()).TotalMinutes:0} minutes), once"
        );
        output.WriteLine();
        output.Flush();
    }

    /// <summary>The device has an owner now.</summary>
    public static void Paired(TextWriter output, string username)
    {
        output.WriteLine($"  Paired with {LineFormatter.Plain(username)}.");
        output.Flush();
    }
}
