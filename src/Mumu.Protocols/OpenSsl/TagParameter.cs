// OSSL_PARAM lists of one entry, for the tag of an AEAD.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mumu.Protocols.OpenSsl;

/// <summary>
/// A list of the one parameter "tag" and its end. EVP_CIPHER_CTX_ctrl would make the same list anew for each packet and look up what its number means, which costs 25 ns more.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct TagParameter(byte* tag, int length)
{
    private const uint OctetString = 5;
    private readonly Entry _tag = new(Name, OctetString, tag, (nuint)length);
    private readonly Entry _end;

    private static byte* Name => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("tag\0"u8)); // constant data of the assembly, which never moves

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Entry(byte* key, uint type, byte* data, nuint size)
    {
        private readonly byte* _key = key;
        private readonly uint _type = type;
        private readonly byte* _data = data;
        private readonly nuint _size = size;
        private readonly nuint _returned = nuint.MaxValue; // OSSL_PARAM_UNMODIFIED
    }
}
