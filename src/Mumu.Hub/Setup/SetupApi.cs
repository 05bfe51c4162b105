// Routes of the one-time set-up.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Hub.Accounts;
using Mumu.Hub.Audit;
using Mumu.Hub.Http;
using Mumu.Hub.Presence;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Setup;

/// <summary><c>/api/setup</c>.</summary>
internal static class SetupApi
{
    public static void MapSetup(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/setup", async (AccountStore accounts) => Reply.Json(new SetupStatus(!await accounts.HasOwnerAsync())));
        routes.MapPost("/api/setup", MakeOwnerAsync);
    }

    private static async Task<IResult> MakeOwnerAsync(
        Body<SetupRequest> body,
        HttpContext context,
        OwnerSetup setup,
        LocalDevice localDevice,
        PairedNotice notice,
        SignIns signIns,
        AttemptLimiter attempts,
        AuditLog audit,
        HubOptions options
    )
    {
        SetupRequest request = body.Value;
        if (AccountRules.Check(request.Username, request.Email, request.Password) is { } fault)
        {
            return Reply.Invalid(fault);
        }

        if (
            !attempts.TryTake(
                $"setup:{context.LimitKey()}",
                options.Limits.SetupsPerMinute,
                TimeSpan.FromMinutes(1),
                out TimeSpan retryAfter
            )
        )
        {
            return Reply.TooMany(context, "Too many attempts from this address.", retryAfter);
        }

        var (outcome, owner) = await setup.MakeOwnerAsync(request.SetupToken ?? "", request.Username!, request.Email, request.Password!);
        if (outcome != SetupOutcome.Done)
        {
            await audit.RefuseAsync(AuditActions.SetupRefused, address: context.Text(), detail: outcome.ToString());
            return Refuse(outcome);
        }

        if (await localDevice.ClaimAsync() is { } claimed)
        {
            await notice.SendAsync(claimed);
        }

        await audit.WriteAsync(AuditActions.OwnerMade, owner!.Id, address: context.Text());
        return SignInReply.For(context, await signIns.StartAsync(owner), options.RefreshTokenLifetime, StatusCodes.Status201Created);
    }

    private static IResult Refuse(SetupOutcome outcome) =>
        outcome switch
        {
            SetupOutcome.AlreadyDone => Reply.Refuse(StatusCodes.Status409Conflict, "This hub already has an owner. Please sign in."),
            SetupOutcome.NameTaken => Reply.Refuse(StatusCodes.Status400BadRequest, AccountsApi.Taken(AccountConflict.Username)),
            SetupOutcome.EmailTaken => Reply.Refuse(StatusCodes.Status400BadRequest, AccountsApi.Taken(AccountConflict.Email)),
            _ => Reply.Refuse(
                StatusCodes.Status403Forbidden,
                "This set-up link does not hold. Use the newest one that the terminal printed, or start the program again for a new one."
            ),
        };
}
