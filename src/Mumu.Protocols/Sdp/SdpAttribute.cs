// One "a=" line.
namespace Mumu.Protocols.Sdp;

/// <summary>An attribute (RFC 8866 §5.13): a property when it has no value.</summary>
/// <param name="Name">Before the first colon.</param>
/// <param name="Value">After it, or null.</param>
public sealed record SdpAttribute(string Name, string? Value = null)
{
    /// <summary>As the line has it, without "a=".</summary>
    public override string ToString() => Value is null ? Name : $"{Name}:{Value}";
}
