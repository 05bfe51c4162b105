// Opens the internals to their tests, which feed session keys of RFC vectors and change the handshake's offers, and to the fuzz targets.
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Mumu.Protocols.Tests")]
[assembly: InternalsVisibleTo("Mumu.Fuzz")]
