// How a session ended: for programs and for people.
using System.Globalization;

namespace Mumu.Protocols.Rtsp;

/// <summary>Why a session ended.</summary>
public enum RtspEndReason
{
    /// <summary>We ended it.</summary>
    TornDown,

    /// <summary>The server wants a user and password, or other ones.</summary>
    Unauthorized,

    /// <summary>The server has no such presentation.</summary>
    NotFound,

    /// <summary>The server refused a request for another reason.</summary>
    Refused,

    /// <summary>What came is not RTSP, or not what was asked for.</summary>
    Protocol,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The server closed the connection.</summary>
    Closed,
}

/// <summary>The end of a session.</summary>
/// <param name="Reason">For programs.</param>
/// <param name="Message">For people: a sentence, without credentials.</param>
public sealed record RtspEnd(RtspEndReason Reason, string Message)
{
    internal static RtspEnd TornDown { get; } = new(RtspEndReason.TornDown, "The session was ended.");

    internal static RtspEnd Unauthorized(bool hadCredentials) =>
        new(
            RtspEndReason.Unauthorized,
            hadCredentials ? "The camera does not accept this user and password." : "The camera asks for a user and a password."
        );

    internal static RtspEnd Refused(string method, int status, string reason) =>
        status == 404
            ? new RtspEnd(RtspEndReason.NotFound, "The camera has no such stream. Check the path in its address.")
            : new RtspEnd(
                RtspEndReason.Refused,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The camera answered {method} with \"{status} {new string([.. reason.Where(c => !char.IsControl(c)).Take(80)])}\"."
                )
            );

    internal static RtspEnd TimedOut(string? method, TimeSpan limit) =>
        new(
            RtspEndReason.Timeout,
            string.Create(CultureInfo.InvariantCulture, $"The camera did not answer {method} within {limit.TotalSeconds:0.#} s.")
        );
}
