// What libcrypto has to say about the last failure on this thread.
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Mumu.Protocols.OpenSsl;

internal static class OpenSslError
{
    /// <summary>Empties the thread's error queue into one line; "unknown error" if it is empty.</summary>
    public static string TakeReason()
    {
        var reasons = new List<string>();
        for (nuint error; (error = LibCrypto.ERR_get_error()) != 0; )
        {
            if (Marshal.PtrToStringUTF8(LibCrypto.ERR_reason_error_string(error)) is { } reason)
                reasons.Add(reason);
        }
        return reasons.Count == 0 ? "unknown error" : string.Join(", ", reasons);
    }

    /// <summary>The same as an exception: for what never fails on a sound installation.</summary>
    public static CryptographicException Take(string function) => new($"OpenSSL: {function}: {TakeReason()}");
}
