// Opens the internals of the crypto folders to their tests, which feed session keys of RFC vectors and change the handshake's offers.
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Mumu.Protocols.Tests")]
