// Routes of pairing: a device asks for a code, its user types it.
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Hub.Accounts;
using Mumu.Hub.Audit;
using Mumu.Hub.Devices;
using Mumu.Hub.Http;
using Mumu.Hub.Presence;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Pairing;

/// <summary><c>/api/pairing/generate</c> and <c>/api/devices/pair</c>.</summary>
internal static class PairingApi
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static void MapPairing(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/pairing/generate", GenerateAsync);
        // Not RequireAuthorization: old clients put the token into the body.
        routes.MapPost("/api/devices/pair", PairAsync).WithMetadata(new AcceptsTokenInQuery());
    }

    private static async Task<IResult> GenerateAsync(
        HttpContext context,
        DeviceStore devices,
        DeviceRegistration registration,
        PairingCodes codes,
        AttemptLimiter attempts,
        AuditLog audit,
        HubOptions options
    )
    {
        string? deviceId = context.Request.Query["device_id"];
        // A key of its own: an address is a possible device id, too.
        if (!attempts.TryTake($"codes from:{context.LimitKey()}", options.Limits.PairingCodesPerAddress, Window, out TimeSpan retryAfter))
        {
            return Reply.TooMany(context, "Too many pairing codes.", retryAfter);
        }

        if (!DeviceRules.IsDeviceId(deviceId) || await devices.FindAsync(deviceId!) is not { } device)
        {
            return Reply.NotFound(DevicesApi.NotFound);
        }

        if (await RefuseAsync(context, device, devices, registration) is { } refusal)
        {
            await audit.RefuseAsync(AuditActions.PairingRefused, null, deviceId, context.Text(), "code not made");
            return refusal;
        }

        if (!attempts.TryTake($"codes:{deviceId}", options.Limits.PairingCodesPerDevice, Window, out retryAfter))
        {
            return Reply.TooMany(context, "Too many pairing codes for this device.", retryAfter);
        }

        await audit.WriteAsync(AuditActions.PairingCodeMade, null, deviceId, context.Text());
        return Reply.Json(await codes.MakeAsync(device.Id));
    }

    private static async Task<IResult?> RefuseAsync(
        HttpContext context,
        Device device,
        DeviceStore devices,
        DeviceRegistration registration
    )
    {
        if (device.PublicKey is { } key)
        {
            bool hasTime = long.TryParse(
                context.Request.Headers["X-Device-Time"],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out long seconds
            );
            string? signature = context.Request.Headers["X-Device-Signature"];
            return hasTime && registration.IsProven(device.DeviceId, key, seconds, signature, out _)
                ? null
                : Reply.Refuse(StatusCodes.Status403Forbidden, "This device id belongs to a key, and the device must prove it.");
        }

        // Without a key anyone who knows the id can ask: an owned device must not be opened that way, except by its owner.
        if (await devices.OwnerOfAsync(device.Id) is null)
        {
            return null;
        }

        bool isOwner =
            Caller.From(context.User) is { } caller
            && await devices.FindAsync(device.DeviceId, caller.UserId) is { Role: DeviceRoles.Owner };
        return isOwner
            ? null
            : Reply.Refuse(
                StatusCodes.Status403Forbidden,
                "This device has no key and already has an owner. Only its owner can ask for a code."
            );
    }

    private static async Task<IResult> PairAsync(
        Body<PairRequest> body,
        HttpContext context,
        SignIns signIns,
        DeviceStore devices,
        PairingCodes codes,
        PairedNotice notice,
        AttemptLimiter attempts,
        AuditLog audit,
        HubOptions options
    )
    {
        if (await WhoAsync(context, body.Value.Token, signIns) is not var (userId, username))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Reply.Refuse(StatusCodes.Status401Unauthorized, body.Value.Token is null ? "Not authenticated" : "Invalid token");
        }

        HubLimits limits = options.Limits;
        if (
            !attempts.TryTake($"guess:{userId}", limits.PairingGuessesPerUser, Window, out TimeSpan retryAfter)
            || !attempts.TryTake($"guess:{context.LimitKey()}", limits.PairingGuessesPerAddress, Window, out retryAfter)
        )
        {
            return Reply.TooMany(context, "Too many pairing codes were tried.", retryAfter);
        }

        // People type spaces and dashes between the digits.
        string code = string.Concat((body.Value.PairingCode ?? "").Take(32).Where(char.IsAsciiDigit));
        var (outcome, deviceId) = await codes.UseAsync(code, userId, body.Value.AllowUnverified == true);
        if (outcome != PairingOutcome.Paired)
        {
            await audit.RefuseAsync(AuditActions.PairingRefused, userId, deviceId, context.Text(), outcome.ToString());
            return Reply.NotFound(
                outcome switch
                {
                    PairingOutcome.Expired => "Pairing code has expired",
                    PairingOutcome.Used => "Pairing code has already been used",
                    _ => "Invalid pairing code",
                }
            );
        }

        VisibleDevice device = (await devices.FindAsync(deviceId!, userId))!;
        await audit.WriteAsync(AuditActions.Paired, userId, deviceId, context.Text(), device.Role);
        await notice.SendAsync(deviceId!, username);
        var paired = new PairedDevice(
            device.DeviceId,
            device.DeviceName,
            device.IsVerified,
            device.IsAllowed,
            device.PublicKey,
            device.Fingerprint,
            device.Role
        );
        return Reply.Json(new PairResponse("Device paired successfully", paired));
    }

    private static async Task<(long UserId, string Username)?> WhoAsync(HttpContext context, string? token, SignIns signIns)
    {
        if (Caller.From(context.User) is { } caller)
        {
            return (caller.UserId, caller.Username);
        }

        return await signIns.ValidateAsync(token) is var (account, _) ? (account.Id, account.Username) : null;
    }
}
