// The attributes of a session or of a media description, in their order.
using System.Collections.ObjectModel;

namespace Mumu.Protocols.Sdp;

/// <summary>Attributes in the order of their lines, found by name. Names are compared without case, since cameras write what they like.</summary>
public sealed class SdpAttributes : Collection<SdpAttribute>
{
    /// <summary>Appends an attribute.</summary>
    public void Add(string name, string? value = null) => Add(new SdpAttribute(name, value));

    /// <summary>True when an attribute of this name is there.</summary>
    public bool Contains(string name) => First(name) is not null;

    /// <summary>Value of the first attribute of this name; null when it is missing or has none.</summary>
    public string? Get(string name) => First(name)?.Value;

    /// <summary>Values of all attributes of this name, in order.</summary>
    public IEnumerable<string> GetAll(string name)
    {
        foreach (var attribute in this)
        {
            if (attribute.Value is not null && attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                yield return attribute.Value;
            }
        }
    }

    private SdpAttribute? First(string name)
    {
        foreach (var attribute in this)
        {
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return attribute;
            }
        }
        return null;
    }
}
