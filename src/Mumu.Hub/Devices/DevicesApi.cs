// Routes of devices.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Hub.Accounts;
using Mumu.Hub.Audit;
using Mumu.Hub.Http;
using Mumu.Hub.Presence;
using Mumu.Hub.Sessions;
using Mumu.Hub.Setup;
using Mumu.Hub.Storage;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Devices;

/// <summary><c>/api/devices</c>, without pairing.</summary>
internal static class DevicesApi
{
    public const string NotFound = "Device not found";

    public static void MapDevices(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder devices = routes.MapGroup("/api/devices");
        devices.MapPost("/register", RegisterAsync);
        devices.MapGet("", ListAsync).RequireAuthorization().WithMetadata(new AcceptsTokenInQuery());
        devices.MapGet("/{deviceId}/status", StatusAsync).RequireAuthorization().WithMetadata(new AcceptsTokenInQuery());
        devices.MapPatch("/{deviceId}", UpdateAsync).RequireAuthorization();
        devices.MapDelete("/{deviceId}", RemoveAsync).RequireAuthorization();
    }

    private static async Task<IResult> RegisterAsync(
        Body<RegisterDeviceRequest> body,
        HttpContext context,
        DeviceRegistration registration,
        PairedNotice notice,
        LocalDevice localDevice,
        AttemptLimiter attempts,
        AuditLog audit,
        HubOptions options
    )
    {
        RegisterDeviceRequest request = body.Value;
        if (!DeviceRules.IsDeviceId(request.DeviceId))
        {
            return Reply.Invalid("device_id must be 1 to 100 characters of letters, digits, '-', '_', '.' and ':'.");
        }

        if ((string.IsNullOrEmpty(request.DeviceName) ? null : DeviceRules.CheckName(request.DeviceName)) is { } fault)
        {
            return Reply.Invalid(fault);
        }

        if (request.DeviceType is not null && !DeviceRules.IsDeviceType(request.DeviceType))
        {
            return Reply.Invalid("device_type must be 1 to 64 characters of letters, digits, '-' and '_'.");
        }

        int limit = options.Limits.DeviceRegistrationsPerMinute;
        if (!attempts.TryTake($"device:{context.LimitKey()}", limit, TimeSpan.FromMinutes(1), out TimeSpan retryAfter))
        {
            return Reply.TooMany(context, "Too many registrations from this address.", retryAfter);
        }

        RegistrationOutcome outcome = await registration.RegisterAsync(request);
        if (outcome is not (RegistrationOutcome.New or RegistrationOutcome.Known))
        {
            await audit.RefuseAsync(AuditActions.DeviceRefused, null, request.DeviceId, context.Text(), outcome.ToString());
            return Refuse(outcome);
        }

        if (outcome == RegistrationOutcome.New)
        {
            await audit.WriteAsync(AuditActions.DeviceRegistered, null, request.DeviceId, context.Text());
        }

        if (await localDevice.ClaimAsync() is { } claimed)
        {
            await notice.SendAsync(claimed);
        }

        string message = outcome == RegistrationOutcome.New ? "Device registered successfully" : "Device already registered";
        return Reply.Json(new RegisterDeviceResponse(request.DeviceId!, message));
    }

    private static IResult Refuse(RegistrationOutcome outcome) =>
        Reply.Refuse(
            StatusCodes.Status403Forbidden,
            outcome switch
            {
                RegistrationOutcome.BadProof =>
                    "The device's key or signature does not hold. Check that the device's clock is right to five minutes.",
                RegistrationOutcome.OtherKey => "This device id belongs to another key.",
                RegistrationOutcome.KeyMissing => "This device id belongs to a key, and the device must prove it.",
                _ => "This device id is paired without a key. Its owner must remove it before it can have one.",
            }
        );

    private static async Task<IResult> ListAsync(Caller caller, DeviceStore devices) =>
        Reply.Json<IReadOnlyList<DeviceInfo>>([.. (await devices.ListAsync(caller.UserId)).Select(device => device.ToInfo())]);

    private static async Task<IResult> StatusAsync(string deviceId, Caller caller, DeviceStore devices) =>
        await devices.FindAsync(deviceId, caller.UserId) is { } device
            ? Reply.Json(new DeviceStatus(device.DeviceId, device.IsOnline, Times.Text(device.LastSeen)))
            : Reply.NotFound(NotFound);

    private static async Task<IResult> UpdateAsync(
        string deviceId,
        Body<UpdateDeviceRequest> body,
        Caller caller,
        HttpContext context,
        DeviceStore devices,
        PresenceBoard presence,
        AuditLog audit
    )
    {
        if (await devices.FindAsync(deviceId, caller.UserId) is not { } device)
        {
            return Reply.NotFound(NotFound);
        }

        if (device.Role != DeviceRoles.Owner)
        {
            return Reply.Refuse(StatusCodes.Status403Forbidden, "Only the owner of this device can change it.");
        }

        UpdateDeviceRequest request = body.Value;
        if ((DeviceRules.CheckName(request.DeviceName) ?? DeviceRules.CheckRoom(request.Room)) is { } fault)
        {
            return Reply.Invalid(fault);
        }

        await devices.UpdateAsync(device.Id, request.DeviceName?.Trim(), request.Room?.Trim(), request.AllowUnverified);
        if (request.AllowUnverified == false && !device.IsVerified)
        {
            presence.CloseDevice(deviceId, "This device has no key and its owner does not allow it");
        }

        await audit.WriteAsync(AuditActions.DeviceUpdated, caller.UserId, deviceId, context.Text(), Changes(request));
        return Reply.Json((await devices.FindAsync(deviceId, caller.UserId))!.ToInfo());
    }

    private static string Changes(UpdateDeviceRequest request) =>
        $"{(request.DeviceName is null ? "" : "name ")}{(request.Room is null ? "" : "room ")}{(request.AllowUnverified is { } allow ? $"allow_unverified={allow}" : "")}".Trim();

    private static async Task<IResult> RemoveAsync(
        string deviceId,
        Caller caller,
        HttpContext context,
        DeviceStore devices,
        PresenceBoard presence,
        WatchSessions sessions,
        AuditLog audit
    )
    {
        if (await devices.FindAsync(deviceId, caller.UserId) is not { } device)
        {
            return Reply.NotFound(NotFound);
        }

        IReadOnlyList<long> users = await devices.RemoveAsync(device.Id, caller.UserId, device.Role == DeviceRoles.Owner);
        await audit.WriteAsync(AuditActions.DeviceRemoved, caller.UserId, deviceId, context.Text(), $"{users.Count} users");
        await sessions.EndWhereAsync(
            session => session.DeviceId == deviceId && users.Contains(session.UserId),
            WatchEndReasons.Error,
            "You can no longer see this device: it was removed."
        );
        if (device.Role == DeviceRoles.Owner && !device.IsVerified)
        {
            presence.CloseDevice(deviceId, "This device has no key and its owner does not allow it");
        }

        return TypedResults.NoContent();
    }
}
