// Routes of accounts: register, login, refresh, logout, me, password.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Hub.Audit;
using Mumu.Hub.Http;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Accounts;

/// <summary><c>/api/auth</c>.</summary>
internal static class AccountsApi
{
    private const string WrongLogin = "Wrong user name or password.";

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder auth = routes.MapGroup("/api/auth");
        auth.MapPost("/register", RegisterAsync);
        auth.MapPost("/login", LoginAsync);
        auth.MapPost("/refresh", RefreshAsync);
        auth.MapPost("/logout", LogoutAsync);
        auth.MapGet("/me", MeAsync).RequireAuthorization().WithMetadata(new AcceptsTokenInQuery());
        auth.MapPost("/password", ChangePasswordAsync).RequireAuthorization();
    }

    private static async Task<IResult> RegisterAsync(
        Body<RegisterRequest> body,
        HttpContext context,
        AccountStore accounts,
        Passwords passwords,
        SignIns signIns,
        AttemptLimiter attempts,
        AuditLog audit,
        HubOptions options
    )
    {
        if (!options.IsRegistrationOpen)
        {
            return Reply.Refuse(StatusCodes.Status403Forbidden, "New accounts are closed here. Ask the owner to add you.");
        }

        RegisterRequest request = body.Value;
        if (AccountRules.Check(request.Username, request.Email, request.Password) is { } fault)
        {
            return Reply.Invalid(fault);
        }

        int limit = options.Limits.RegistrationsPerHour;
        if (!attempts.TryTake($"register:{context.LimitKey()}", limit, TimeSpan.FromHours(1), out TimeSpan retryAfter))
        {
            return Reply.TooMany(context, "Too many new accounts from this address.", retryAfter);
        }

        var (account, conflict) = await accounts.AddAsync(request.Username!, request.Email, passwords.Hash(request.Password!), Roles.User);
        if (account is null)
        {
            return Reply.Refuse(StatusCodes.Status400BadRequest, Taken(conflict));
        }

        await audit.WriteAsync(AuditActions.Registered, account.Id, address: context.Text());
        return SignInReply.For(context, await signIns.StartAsync(account), options.RefreshTokenLifetime, StatusCodes.Status201Created);
    }

    public static string Taken(AccountConflict conflict) =>
        conflict == AccountConflict.Email ? "Email already registered" : "Username already registered";

    private static async Task<IResult> LoginAsync(
        Body<LoginRequest> body,
        HttpContext context,
        AccountStore accounts,
        Passwords passwords,
        SignIns signIns,
        AttemptLimiter attempts,
        AuditLog audit,
        HubOptions options
    )
    {
        if (body.Value is not { Username: { Length: > 0 and <= 256 } username, Password: { Length: <= 256 } password })
        {
            return body.Value.Username is null || body.Value.Password is null
                ? Reply.Invalid("Please give a user name and a password.")
                : Reply.Refuse(StatusCodes.Status401Unauthorized, WrongLogin);
        }

        if (!attempts.TryTake($"login:{context.LimitKey()}", options.Limits.LoginsPerMinute, TimeSpan.FromMinutes(1), out TimeSpan wait))
        {
            return Reply.TooMany(context, "Too many logins from this address.", wait);
        }

        Account? account = await accounts.FindAsync(username);
        var (check, retryAfter) = await passwords.CheckAsync(account, username, password);
        if (check == PasswordCheck.Right)
        {
            await audit.WriteAsync(AuditActions.LoggedIn, account!.Id, address: context.Text());
            return SignInReply.For(context, await signIns.StartAsync(account), options.RefreshTokenLifetime);
        }

        string action = check == PasswordCheck.WrongAndLocked ? AuditActions.AccountLocked : AuditActions.LoginRefused;
        await audit.RefuseAsync(action, account?.Id, address: context.Text());
        return Refuse(context, check, retryAfter);
    }

    private static IResult Refuse(HttpContext context, PasswordCheck check, TimeSpan retryAfter) =>
        check == PasswordCheck.Locked
            ? Reply.TooMany(context, "Too many wrong passwords: this account is locked for a while.", retryAfter)
            : Reply.Refuse(StatusCodes.Status401Unauthorized, WrongLogin);

    private static async Task<IResult> RefreshAsync(HttpContext context, SignIns signIns, HubOptions options)
    {
        if (
            context.Request.Cookies[SignInReply.Cookie] is { Length: > 0 and <= 128 } token
            && await signIns.RefreshAsync(token, context.Text()) is { } signIn
        )
        {
            return SignInReply.For(context, signIn, options.RefreshTokenLifetime);
        }

        SignInReply.Clear(context);
        return Reply.Refuse(StatusCodes.Status401Unauthorized, "Please sign in again.");
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, SignIns signIns, AuditLog audit)
    {
        long? userId = null;
        if (Caller.From(context.User) is { } caller)
        {
            await signIns.EndAsync(caller.SessionId);
            userId = caller.UserId;
        }

        if (context.Request.Cookies[SignInReply.Cookie] is { Length: > 0 and <= 128 } token)
        {
            userId = await signIns.EndByRefreshTokenAsync(token) ?? userId;
        }

        SignInReply.Clear(context);
        if (userId is not null)
        {
            await audit.WriteAsync(AuditActions.LoggedOut, userId, address: context.Text());
        }

        return TypedResults.NoContent();
    }

    private static async Task<IResult> MeAsync(Caller caller, AccountStore accounts) =>
        Reply.Json((await accounts.FindAsync(caller.UserId))!.ToInfo());

    private static async Task<IResult> ChangePasswordAsync(
        Body<ChangePasswordRequest> body,
        Caller caller,
        HttpContext context,
        AccountStore accounts,
        Passwords passwords,
        SignIns signIns,
        AuditLog audit
    )
    {
        if (AccountRules.CheckPassword(body.Value.NewPassword) is { } fault)
        {
            return Reply.Invalid(fault);
        }

        Account account = (await accounts.FindAsync(caller.UserId))!;
        string current = body.Value.CurrentPassword is { Length: <= 256 } text ? text : "";
        var (check, retryAfter) = await passwords.CheckAsync(account, account.Username, current);
        if (check == PasswordCheck.Locked)
        {
            return Refuse(context, check, retryAfter);
        }

        if (check != PasswordCheck.Right)
        {
            // Not 401: the sign-in itself is fine, and clients answer 401 by signing in again.
            return Reply.Refuse(StatusCodes.Status403Forbidden, "The current password is wrong.");
        }

        await accounts.SetPasswordAsync(account.Id, passwords.Hash(body.Value.NewPassword!));
        await signIns.EndOthersAsync(account.Id, caller.SessionId);
        await audit.WriteAsync(AuditActions.PasswordChanged, account.Id, address: context.Text());
        return TypedResults.NoContent();
    }
}
