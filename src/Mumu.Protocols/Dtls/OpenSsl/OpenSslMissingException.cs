// Thrown when the OpenSSL libraries cannot be used.
namespace Mumu.Protocols.Dtls.OpenSsl;

/// <summary>libssl or libcrypto 3 is missing or too old; the message says what to install.</summary>
public sealed class OpenSslMissingException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    public OpenSslMissingException() { }

    /// <summary>Makes the exception from a sentence for the user.</summary>
    public OpenSslMissingException(string message)
        : base(message) { }

    /// <summary>Makes the exception from a sentence for the user and the loader's own error.</summary>
    public OpenSslMissingException(string message, Exception innerException)
        : base(message, innerException) { }
}
