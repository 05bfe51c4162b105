// The answers of the control API: an object, {"status":"ok"}, or {"status":"error","error":sentence}.
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Mumu.Agent.Control;

/// <summary>Makes answers.</summary>
internal static class Answers
{
    private const int DefaultItems = 100;

    public static IResult Done() => TypedResults.Json(new ControlOk(), ControlJson.Default.ControlOk);

    public static IResult Of<T>(T value) => TypedResults.Json(value, TypeOf<T>());

    public static IResult OrNotFound<T>(T? value, string what)
        where T : class => value is null ? NotFound(what) : Of(value);

    public static IResult BadRequest(string sentence) => Error(StatusCodes.Status400BadRequest, sentence);

    public static IResult NotFound(string sentence) => Error(StatusCodes.Status404NotFound, sentence);

    public static IResult Error(int status, string sentence) =>
        TypedResults.Json(new ControlError(sentence), ControlJson.Default.ControlError, statusCode: status);

    /// <summary>A page of a list, as <c>?itemsPerPage=</c> (100 unless told) and <c>?page=</c> (from 0) want it.</summary>
    public static IResult PageOf<T>(HttpRequest request, IReadOnlyList<T> all)
    {
        if (!TryNumber(request, "itemsPerPage", DefaultItems, out var size) || size == 0)
        {
            return BadRequest("“itemsPerPage” is a whole number from 1.");
        }
        if (!TryNumber(request, "page", 0, out var page))
        {
            return BadRequest("“page” is a whole number from 0.");
        }
        var pages = (int)(((long)all.Count + size - 1) / size);
        var items = (long)page * size >= all.Count ? [] : all.Skip(page * size).Take(size).ToArray();
        return Of(new Page<T>(all.Count, pages, items));
    }

    private static bool TryNumber(HttpRequest request, string name, int usual, out int number)
    {
        number = usual;
        var text = request.Query[name].ToString();
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)ControlJson.Default.GetTypeInfo(typeof(T))!;
}
