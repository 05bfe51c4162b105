// The functions of libssl 3 that are called here; nothing else of the program speaks to it.
using System.Runtime.InteropServices;

namespace Mumu.Protocols.Dtls.OpenSsl;

internal static unsafe partial class LibSsl
{
    public const ulong InitNoAtExit = 0x0008_0000; // what .NET itself passes: the process may end while threads still encrypt

    [LibraryImport(OpenSslLibrary.Ssl)]
    public static partial int OPENSSL_init_ssl(ulong options, nint settings);
}
