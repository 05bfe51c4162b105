// The words settings use for the members of an enumeration.
using System.Reflection;
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>Reads the words from <see cref="JsonStringEnumMemberNameAttribute"/>, the same place the JSON reader has them from.</summary>
internal static class EnumWords
{
    public static IReadOnlyList<string> Of(Type type) =>
        [
            .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? f.Name),
        ];

    /// <summary>The word of one value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Of(typeof(T))[Array.IndexOf(Enum.GetValues<T>(), value)];

    /// <summary>The value of a word.</summary>
    public static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        var index = word is null ? -1 : Of(typeof(T)).ToList().IndexOf(word);
        value = index < 0 ? default : Enum.GetValues<T>()[index];
        return index >= 0;
    }
}
