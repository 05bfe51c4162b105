// The functions of libcrypto 3 that are called here; nothing else of the program speaks to it.
using System.Runtime.InteropServices;

namespace Mumu.Protocols.Dtls.OpenSsl;

internal static unsafe partial class LibCrypto
{
    [LibraryImport(OpenSslLibrary.Crypto)]
    public static partial nuint OpenSSL_version_num();

    [LibraryImport(OpenSslLibrary.Crypto)]
    public static partial nint OpenSSL_version(int what);
}
