// Is OpenSSL 3 there? DTLS and SRTP need it.
using Mumu.Protocols.OpenSsl;

namespace Mumu.Cli.Doctor;

internal static class OpenSslCheck
{
    public static Finding Look() =>
        OpenSslLibrary.TryGetVersion(out var version, out var problem)
            ? new Finding("OpenSSL", Severity.Good, version)
            : new Finding("OpenSSL", Severity.Problem, problem, "Install the package libssl3 (Debian, Ubuntu) or openssl (others).");
}
