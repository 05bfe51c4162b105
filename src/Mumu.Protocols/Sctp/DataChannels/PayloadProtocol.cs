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
}
