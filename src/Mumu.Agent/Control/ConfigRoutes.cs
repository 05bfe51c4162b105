// Routes of the control API that read and change settings.
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Control;

internal static class ConfigRoutes
{
    private delegate IResult Edit(ConfigEditor editor, string name, JsonElement fields, string caller);

    public static void Map(RouteGroupBuilder group)
    {
        // "get" alone is what monitors of the earlier system ask for.
        group.MapGet("/get", (ConfigEditor editor) => Answers.Of(editor.Global())).Gives<GlobalConf>();
        group.MapGet("/global/get", (ConfigEditor editor) => Answers.Of(editor.Global())).Gives<GlobalConf>();
        group.MapPatch("/global/patch", PatchGlobalAsync).Accepts<GlobalConf>("application/json", "*/*").Gives<ControlOk>(400, 500);
        group
            .MapGet("/pathdefaults/get", () => Answers.Of(PathFields.Show("", new CameraSettings(Source: CameraSourceKind.Publisher))))
            .Gives<PathConf>();
        group
            .MapGet("/paths/list", (HttpRequest request, ConfigEditor editor) => Answers.PageOf(request, editor.Paths()))
            .Gives<Page<PathConf>>(400);
        group
            .MapGet(
                "/paths/get/{**name}",
                (string name, ConfigEditor editor) => Answers.OrNotFound(editor.Path(name), ConfigEditor.NoSuchPath)
            )
            .Gives<PathConf>(404);
        MapEdit(group.MapPost("/paths/add/{**name}", Editing((e, name, fields, caller) => e.AddPath(name, fields, caller))), 400, 500);
        MapEdit(
            group.MapPatch("/paths/patch/{**name}", Editing((e, name, fields, caller) => e.PatchPath(name, fields, caller))),
            400,
            404,
            500
        );
        MapEdit(
            group.MapPost("/paths/replace/{**name}", Editing((e, name, fields, caller) => e.ReplacePath(name, fields, caller))),
            400,
            500
        );
        group
            .MapDelete(
                "/paths/delete/{**name}",
                (string name, HttpContext http, ConfigEditor editor) => editor.DeletePath(name, http.Caller())
            )
            .Gives<ControlOk>(400, 404, 500);
    }

    private static void MapEdit(RouteHandlerBuilder route, params ReadOnlySpan<int> refusals) =>
        route.Accepts<PathConf>("application/json", "*/*").Gives<ControlOk>(refusals);

    private static Func<string, HttpContext, ConfigEditor, Task<IResult>> Editing(Edit edit) =>
        async (name, http, editor) =>
        {
            var (fields, problem) = await FieldsAsync(http.Request).ConfigureAwait(false);
            return problem ?? edit(editor, name, fields, http.Caller());
        };

    private static async Task<IResult> PatchGlobalAsync(HttpContext http, ConfigEditor editor)
    {
        var (fields, problem) = await FieldsAsync(http.Request).ConfigureAwait(false);
        return problem ?? editor.PatchGlobal(fields, http.Caller());
    }

    // No content type is asked for: curl sends a form's, and clients rely on that. Pages of strangers are refused before.
    private static async Task<(JsonElement Fields, IResult? Problem)> FieldsAsync(HttpRequest request)
    {
        var bytes = await RequestBody.TryReadAsync(request).ConfigureAwait(false);
        if (bytes is null)
        {
            return (
                default,
                Answers.Error(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {RequestBody.MaxBytes / 1024} KiB.")
            );
        }
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 };
            using var document = JsonDocument.Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes, options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), null)
                : (default, Answers.BadRequest("The body is a JSON object of fields."));
        }
        catch (JsonException)
        {
            return (default, Answers.BadRequest("The body is not valid JSON, or has a field twice."));
        }
    }
}
