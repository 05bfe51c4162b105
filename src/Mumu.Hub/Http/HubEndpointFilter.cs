// Around every route of the hub: unreadable bodies and faults become {"detail": …}.
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mumu.Hub.Http;

/// <summary>Refuses unreadable bodies; logs a fault and answers 500 in the hub's shape.</summary>
internal sealed partial class HubEndpointFilter(ILogger<HubEndpointFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (object? argument in context.Arguments)
        {
            if (argument is IBody { Refusal: { } refusal })
            {
                return refusal;
            }
        }

        try
        {
            return await next(context);
        }
        catch (Exception e) when (!context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // The path only: a query may hold an old client's token.
            Failed(e, context.HttpContext.Request.Method, context.HttpContext.Request.Path);
            return Reply.Refuse(StatusCodes.Status500InternalServerError, "The hub could not do this because of a fault on its side.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    private partial void Failed(Exception e, string method, string path);
}
