// How a program takes the hub in: services, then routes.
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Mumu.Hub.Accounts;
using Mumu.Hub.Audit;
using Mumu.Hub.Devices;
using Mumu.Hub.Http;
using Mumu.Hub.Pairing;
using Mumu.Hub.Presence;
using Mumu.Hub.Sessions;
using Mumu.Hub.Setup;
using Mumu.Hub.Sockets;
using Mumu.Hub.Storage;
using Mumu.Hub.TurnCredentials;

namespace Mumu.Hub;

/// <summary>The hub's two entry points for a host.</summary>
public static class HubServices
{
    /// <summary>The scheme by which the hub's users are known, for hosts that guard more with it.</summary>
    public const string AuthenticationScheme = BearerHandler.SchemeName;

    /// <summary>
    /// Adds the hub, and its access tokens as the program's default authentication scheme: a signed-in user has the claims <c>user_id</c>, <c>username</c>,
    /// <c>role</c> (<c>owner</c>, <c>admin</c>, <c>user</c>; for <c>RequireRole</c>) and <c>sid</c>. The host puts UseAuthentication and UseAuthorization into its pipeline.
    /// </summary>
    public static IServiceCollection AddMumuHub(this IServiceCollection services, HubOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        string directory = DirectoryOf(options.DataDirectory);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options).AddSingleton(options.Limits);
        services.AddSingleton(_ => new HubDatabase(directory)).AddSingleton(_ => new SigningKey(directory));
        services.AddSingleton<AuditLog>().AddSingleton<AttemptLimiter>();
        services.AddSingleton<AccountStore>().AddSingleton<AccessTokens>().AddSingleton<SignIns>().AddSingleton<Passwords>();
        services.AddSingleton<OwnerSetup>().AddSingleton<LocalDevice>();
        services.AddSingleton(provider => new HubAdministration(
            provider.GetRequiredService<AccountStore>(),
            provider.GetRequiredService<Passwords>(),
            provider.GetRequiredService<SignIns>(),
            provider.GetRequiredService<OwnerSetup>(),
            provider.GetRequiredService<LocalDevice>(),
            provider.GetRequiredService<AuditLog>()
        ));
        services.AddSingleton<DeviceStore>().AddSingleton<DeviceRegistration>().AddSingleton<PairingCodes>();
        services.AddSingleton<SocketRegistry>().AddSingleton<PresenceBoard>().AddSingleton<PairedNotice>();
        services.AddSingleton<WatchSessionStore>().AddSingleton<WatchSessions>().AddSingleton<IceServerList>();
        services.AddHostedService<HubUpkeep>();
        services
            .AddAuthentication(BearerHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        services.AddAuthorization();
        // These two write whole addresses of requests, in which old clients put their token.
        services.AddLogging(logging =>
            logging
                .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
                .AddFilter("Microsoft.AspNetCore.HttpLogging", LogLevel.Warning)
        );
        return services;
    }

    /// <summary>Maps <c>/api/setup</c>, <c>/api/auth</c>, <c>/api/devices</c>, <c>/api/pairing</c>, <c>/api/turn-credentials</c>, <c>/health</c>, <c>/ws/device</c> and <c>/ws/viewer</c>.</summary>
    public static IEndpointRouteBuilder MapMumuHub(this IEndpointRouteBuilder endpoints)
    {
        RouteGroupBuilder group = endpoints.MapGroup("");
        group.AddEndpointFilterFactory(
            (context, next) =>
            {
                var filter = ActivatorUtilities.CreateInstance<HubEndpointFilter>(context.ApplicationServices);
                return invocation => filter.InvokeAsync(invocation, next);
            }
        );
        group.MapSetup();
        group.MapAccounts();
        group.MapDevices();
        group.MapPairing();
        group.MapTurnCredentials();
        group.MapHealth();
        endpoints.MapSockets();
        return endpoints;
    }

    /// <summary>Maps <c>/</c> as old clients know it; for a port that does not serve the web app there.</summary>
    public static IEndpointRouteBuilder MapMumuHubRoot(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRoot();
        return endpoints;
    }

    internal static string DirectoryOf(string dataDirectory) => Path.Combine(dataDirectory, "hub");
}
