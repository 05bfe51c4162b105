// Composes hub, agent, web app and their listeners into one web host.
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Mumu.Agent;
using Mumu.Agent.Control;
using Mumu.Agent.Hls;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Metrics;
using Mumu.Agent.Pages;
using Mumu.Agent.Settings;
using Mumu.Agent.Stills;
using Mumu.Agent.Whep;
using Mumu.Hub;
using Mumu.Signaling;

namespace Mumu.Cli.Hosting;

internal static class ProgramHost
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1.5);

    /// <summary>Builds the host of a plan; nothing listens before it is started.</summary>
    public static WebApplication Build(HostPlan plan)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        WebApplication? app = null;
        ProgramLog.Configure(builder.Logging, new LogStyle { IsJson = plan.Settings.Current.Log.Format == LogFormat.Json });
        // A host that can't start throws, and whoever started it says why in a sentence; its own stack trace would bury that.
        builder.Logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host",
            level => level >= LogLevel.Warning && app?.Lifetime.ApplicationStarted.IsCancellationRequested == true
        );
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, plan));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit);
        builder.Services.AddRouting();
        var turnSecret = plan.RunsTurn ? EmbeddedTurn.Secret(plan.Settings.Current.Turn, plan.DataDirectory) : null;
        if (plan.RunsHub)
        {
            builder.Services.AddMumuHub(HubOptionsOf(plan, turnSecret));
        }
        if (plan.RunsAgent)
        {
            builder.Services.AddMumuAgent(AgentOptionsOf(plan));
        }
        if (turnSecret is not null)
        {
            var turn = EmbeddedTurn.Listener(plan.Settings.Current, turnSecret, plan.RunsAgent);
            builder.Services.AddSingleton(services => new TurnService(turn, services.GetRequiredService<TimeProvider>()));
            builder.Services.AddHostedService(services => services.GetRequiredService<TurnService>());
            builder.Services.AddSingleton<MetricsContributor>(services =>
            {
                var server = services.GetRequiredService<TurnService>();
                return text => TurnMetrics.Write(text, server);
            });
        }
        app = builder.Build();
        if (plan.RunsAgent)
        {
            app.MapWhen(context => context.Connection.LocalPort == plan.Ports.Whep, UseWhep);
            app.MapWhen(context => context.Connection.LocalPort == plan.Ports.Hls, UseHls);
            app.MapWhen(context => context.Connection.LocalPort == plan.Ports.Control, control => control.UseMumuControl());
            app.MapWhen(context => context.Connection.LocalPort == plan.Ports.Metrics, metrics => metrics.UseMumuMetrics());
        }
        if (plan.RunsHub)
        {
            UseWeb(app, plan);
        }
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, HostPlan plan)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20;
        kestrel.Limits.MaxConcurrentConnections = 5_000;
        var address = plan.Bind ?? IPAddress.IPv6Any;
        if (plan.RunsHub)
        {
            kestrel.Listen(address, plan.Ports.Web);
            kestrel.Listen(address, plan.Ports.HubApi);
        }
        if (plan.RunsAgent)
        {
            kestrel.Listen(address, plan.Ports.Whep);
            var settings = plan.Settings.Current;
            if (settings.Hls.Enabled)
            {
                kestrel.Listen(address, plan.Ports.Hls);
            }
            if (settings.Control.Enabled)
            {
                kestrel.Listen(OfMachine(settings.Control.Bind), plan.Ports.Control);
            }
            if (settings.Metrics.Enabled)
            {
                kestrel.Listen(OfMachine(settings.Metrics.Bind), plan.Ports.Metrics);
            }
        }
    }

    // Without an address of its own such a door is for programs on this machine.
    private static IPAddress OfMachine(string? bind) => bind is null ? IPAddress.Loopback : IPAddress.Parse(bind);

    private static void UseWhep(IApplicationBuilder whep)
    {
        whep.UseMumuHealth();
        whep.UseRouting();
        whep.UseEndpoints(endpoints =>
        {
            endpoints.MapWhep();
            endpoints.MapStills();
            endpoints.MapWhepPage();
        });
    }

    private static void UseHls(IApplicationBuilder hls)
    {
        hls.UseRouting();
        hls.UseEndpoints(endpoints =>
        {
            endpoints.MapHls();
            endpoints.MapHlsPage();
        });
    }

    private static void UseWeb(WebApplication app, HostPlan plan)
    {
        // A reverse proxy on this machine tells who really asks; others are not believed.
        app.UseForwardedHeaders(
            new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            }
        );
        app.UseSecurityHeaders();
        app.UseWebSockets(
            new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) }
        );
        if (WebApp.Folder is { } folder)
        {
            app.MapWhen(
                context => context.Connection.LocalPort == plan.Ports.Web,
                web =>
                {
                    web.UseWebApp(folder);
                    UseApi(web, plan);
                }
            );
        }
        UseApi(app, plan, endpoints => endpoints.MapMumuHubRoot());
    }

    private static IResult NothingHere() =>
        Results.Text("""{"detail":"There is nothing at this address."}""", "application/json", statusCode: StatusCodes.Status404NotFound);

    private static void UseApi(IApplicationBuilder app, HostPlan plan, Action<IEndpointRouteBuilder>? more = null)
    {
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapMumuHub();
            if (plan.RunsTurn)
            {
                endpoints.MapTurnStatus();
            }
            endpoints.MapFallback("/api/{**rest}", NothingHere);
            more?.Invoke(endpoints);
            if (plan.RunsAgent)
            {
                endpoints.MapAgentApi("/api/agent").RequireAuthorization(AgentPolicies.Admin);
            }
        });
    }

    private static HubOptions HubOptionsOf(HostPlan plan, string? turnSecret)
    {
        var hub = plan.Settings.Current.Hub;
        return new HubOptions
        {
            DataDirectory = plan.DataDirectory,
            Version = ProgramVersion.Text,
            IsRegistrationOpen = hub.Registration == HubRegistration.Open,
            IceServers = [.. hub.IceServers.Select(s => new IceServer(s.Urls, s.Username, s.Credential))],
            Turn =
                hub.Turn is { Secret: { } secret } turn ? new TurnOptions(secret, turn.Urls)
                : turnSecret is not null ? EmbeddedTurn.Credentials(plan.Settings.Current.Turn, turnSecret)
                : null,
        };
    }

    private static AgentOptions AgentOptionsOf(HostPlan plan) =>
        new(plan.DataDirectory, plan.Settings)
        {
            LocalHubUrl = plan.RunsHub ? plan.LocalWeb.ToString() : null,
            Bind = plan.Bind,
            AdminSchemes = plan.RunsHub ? [HubServices.AuthenticationScheme] : [],
            Version = ProgramVersion.Text,
        };
}
