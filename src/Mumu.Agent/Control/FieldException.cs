// A field of a request that is refused.
namespace Mumu.Agent.Control;

/// <summary>Nothing of the request is in force; the message is a sentence that names the field.</summary>
internal sealed class FieldException(string field, string sentence) : Exception(sentence)
{
    public string Field { get; } = field;
}
