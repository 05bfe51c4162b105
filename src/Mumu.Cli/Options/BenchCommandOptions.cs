// The options that both kinds of bench share.
using System.CommandLine;
using System.Net;
using Mumu.Cli.Bench;

namespace Mumu.Cli.Options;

internal sealed class BenchCommandOptions
{
    private readonly Option<int> _viewers = Number("--viewers", "How many viewers.", 1, 1, 5000);
    private readonly Option<int> _seconds = Number("--seconds", "How long all of them watch.", 10, 1, 86_400);
    private readonly Option<int> _ramp = Number("--ramp", "Milliseconds between the starts of two viewers.", 50, 0, 60_000);
    private readonly Option<int> _patience = Number("--patience", "Seconds a viewer may take to its first picture.", 20, 1, 600);
    private readonly Option<int?> _pid = new("--pid")
    {
        Description = "The server's process on this machine: measures its CPU time and memory.",
    };
    private readonly Option<int> _baseline = Number("--baseline", "With --pid: seconds to measure the first viewer alone.", 0, 0, 3600);
    private readonly Option<int> _threads = Number("--threads", "Receiving threads.", 1, 1, 64);
    private readonly Option<string?> _bind = new("--bind") { Description = "Address to receive at (default: all)." };
    private readonly Option<bool> _noNacks = new("--no-nack") { Description = "Do not ask again for missing packets." };

    private readonly Option<bool> _noFeedback = new("--no-feedback")
    {
        Description = "Do not offer retransmission streams and transport-wide feedback, which browsers offer.",
    };
    private readonly Option<bool> _coalesce = new("--coalesce")
    {
        Description =
            "Receive packets of a frame as one (UDP GRO). Browsers do not: over loopback it spares the server work that a network would cost it.",
    };
    private readonly Option<bool> _sha1 = new("--sha1")
    {
        Description = "Offer AES-128-CM with HMAC-SHA1 alone for media (default: AES-128-GCM too, which servers prefer).",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    /// <summary>Adds all of them.</summary>
    public BenchCommandOptions AddTo(Command command)
    {
        _bind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IPAddress.TryParse(text, out _))
            {
                result.AddError($"--bind takes an IP address, not \"{text}\". Example: --bind 127.0.0.1");
            }
        });
        foreach (
            var option in (Option[])
                [_viewers, _seconds, _ramp, _patience, _pid, _baseline, _threads, _bind, _noNacks, _noFeedback, _coalesce, _sha1, _json]
        )
        {
            command.Options.Add(option);
        }
        return this;
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    public BenchOptions Read(ParseResult parsed) =>
        new()
        {
            Viewers = parsed.GetValue(_viewers),
            Window = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            Ramp = TimeSpan.FromMilliseconds(parsed.GetValue(_ramp)),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(_patience)),
            Pid = parsed.GetValue(_pid),
            Baseline = TimeSpan.FromSeconds(parsed.GetValue(_baseline)),
            Threads = parsed.GetValue(_threads),
            Bind = parsed.GetValue(_bind) is { } text ? IPAddress.Parse(text) : null,
            SendNacks = !parsed.GetValue(_noNacks),
            SendFeedback = !parsed.GetValue(_noFeedback),
            Coalesce = parsed.GetValue(_coalesce),
            Sha1 = parsed.GetValue(_sha1),
        };

    private static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{name} takes {least} to {most}.");
            }
        });
        return option;
    }
}
