// Bytes that are written to many connections.
namespace Mumu.Media.Outputs.Connections;

/// <summary>A frame in the form of its protocol, read-only, with counted references.</summary>
internal interface ISharedBytes
{
    /// <summary>All its bytes.</summary>
    ReadOnlyMemory<byte> Memory { get; }

    /// <summary>Takes a reference.</summary>
    void AddReference();

    /// <summary>Gives one back.</summary>
    void Release();
}
