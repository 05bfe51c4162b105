// What kind of message a DATA chunk carries.
namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>Payload protocol identifiers (RFC 8831 §8, RFC 8832 §8.1). SCTP has no empty messages: those travel as one byte under a number of their own.</summary>
internal static class PayloadProtocol
{
    internal const uint Control = 50;
    internal const uint Text = 51;
    internal const uint Binary = 53;
    internal const uint EmptyText = 56;
    internal const uint EmptyBinary = 57;

    internal static uint Of(bool isText, bool isEmpty) =>
        isText ? (isEmpty ? EmptyText : Text)
        : isEmpty ? EmptyBinary
        : Binary;

    /// <summary>False for a number that is none of an application's messages.</summary>
    internal static bool TryRead(uint protocol, out bool isText, out bool isEmpty)
    {
        isText = protocol is Text or EmptyText;
        isEmpty = protocol is EmptyText or EmptyBinary;
        return isText || protocol is Binary or EmptyBinary;
    }
}
