// The doc-comments of an assembly, as plain text.
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mumu.TypeScript;

/// <summary>Reads the XML file that the compiler writes beside the assembly.</summary>
internal sealed partial class XmlDocs(Assembly assembly)
{
    private readonly Dictionary<string, XElement> members = XDocument
        .Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!);

    public string? Summary(Type type) => Text(members.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    public string? Parameter(Type type, string name) =>
        Text(
            members
                .GetValueOrDefault($"T:{type.FullName}")
                ?.Elements("param")
                .FirstOrDefault(param => (string?)param.Attribute("name") == name)
        );

    private static string? Text(XElement? element) =>
        element is null ? null : Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => Name((string)see.Attribute("cref")!),
            XElement { Name.LocalName: "paramref" } name => (string)name.Attribute("name")!,
            XElement element => string.Concat(element.Nodes().Select(Text)),
            _ => "",
        };

    private static string Name(string cref) => cref.Split('(')[0].Split('.')[^1];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
