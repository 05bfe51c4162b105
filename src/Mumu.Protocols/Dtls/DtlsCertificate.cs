// The self-signed certificate of this process, with the libssl context that every association shares.
namespace Mumu.Protocols.Dtls;

/// <summary>A P-256 key with its self-signed certificate (RFC 8827 §6.5), named to peers by its SHA-256 fingerprint. One for a process; safe to share between threads.</summary>
public sealed class DtlsCertificate : IDisposable
{
    private readonly byte[] _sha256 = [];

    /// <summary>Makes a fresh key and certificate.</summary>
    /// <param name="timers">Leave it, except in tests under virtual time.</param>
    /// <exception cref="OpenSsl.OpenSslMissingException">OpenSSL 3 is not installed.</exception>
    public static DtlsCertificate Create(DtlsTimers timers = DtlsTimers.RealTime) => throw new NotImplementedException($"{timers}");

    /// <summary>SHA-256 of the certificate's DER form, 32 bytes.</summary>
    public ReadOnlySpan<byte> Sha256 => _sha256;

    /// <summary>The same as SDP's <c>a=fingerprint:sha-256</c> has it: upper-case hex pairs joined by colons.</summary>
    public string Fingerprint { get; } = "";

    /// <summary>Frees the context; associations made from it live on until they are disposed.</summary>
    public void Dispose() { }
}
