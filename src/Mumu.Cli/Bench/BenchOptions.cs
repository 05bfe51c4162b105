// What a bench run is asked to do.
using System.Net;

namespace Mumu.Cli.Bench;

/// <summary>Settings of a run, whatever the signaling.</summary>
internal sealed record BenchOptions
{
    /// <summary>Viewers in all; the first one goes alone.</summary>
    public int Viewers { get; init; } = 1;

    /// <summary>Length of the window in which all watch.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between the starts of two viewers.</summary>
    public TimeSpan Ramp { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long one viewer may take to its first picture.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The server's process on this machine, to be measured.</summary>
    public int? Pid { get; init; }

    /// <summary>How long the server is measured with the first viewer alone, so that what it costs anyway can be told from what a viewer costs. Zero leaves it out.</summary>
    public TimeSpan Baseline { get; init; }

    /// <summary>Where viewers bind; null is every address.</summary>
    public IPAddress? Bind { get; init; }

    /// <summary>Ask again for missing packets.</summary>
    public bool SendNacks { get; init; } = true;

    /// <summary>Offer retransmission streams and transport-wide feedback, as browsers do.</summary>
    public bool SendFeedback { get; init; } = true;

    /// <summary>Let the kernel hand over packets of one frame as one (UDP GRO), which browsers do not.</summary>
    public bool Coalesce { get; init; }

    /// <summary>Offer AES-128-CM with HMAC-SHA1 alone.</summary>
    public bool Sha1 { get; init; }

    /// <summary>Receiving threads.</summary>
    public int Threads { get; init; } = 1;
}
