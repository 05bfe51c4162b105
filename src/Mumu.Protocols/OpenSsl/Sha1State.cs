// libcrypto's SHA_CTX, so that a half-finished hash can be copied instead of computed again.
using System.Runtime.CompilerServices;

namespace Mumu.Protocols.OpenSsl;

/// <summary>96 bytes: five words of state, two of length, one block of 64, its fill. Unchanged since OpenSSL 0.9 and plain data, so it may be copied.</summary>
[InlineArray(24)]
internal struct Sha1State
{
    private uint _word;
}
