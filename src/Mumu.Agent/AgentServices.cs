// Puts the agent into a host.
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Control;
using Mumu.Agent.Events;
using Mumu.Agent.Forwarding;
using Mumu.Agent.Hls;
using Mumu.Agent.Identity;
using Mumu.Agent.Keys;
using Mumu.Agent.Live;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Metrics;
using Mumu.Agent.Paths;
using Mumu.Agent.Rtmp;
using Mumu.Agent.Rtsp;
using Mumu.Agent.Settings;
using Mumu.Agent.Stills;
using Mumu.Agent.Uplink;
using Mumu.Agent.Whep;
using Mumu.Agent.Whip;
using Mumu.Media.Sources;
using Mumu.Media.WebRtc;

namespace Mumu.Agent;

/// <summary>Registers the agent's services.</summary>
public static class AgentServices
{
    /// <summary>Adds the agent: cameras, engine, uplink, keys, and what its HTTP doors need.</summary>
    public static IServiceCollection AddMumuAgent(this IServiceCollection services, AgentOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Settings);
        services.AddSingleton(_ => DeviceIdentity.Load(options.DataDirectory, options.Settings.Current.Device.Id));
        services.AddSingleton(provider => new KeyStore(options.DataDirectory, provider.GetRequiredService<TimeProvider>()));
        Func<OutboundNetworks> networks = () => options.Settings.Current.Outbound.Networks();
        services.TryAddSingleton<CameraSourceFactory>(provider =>
            CameraSources.Maker(
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<WebRtcEngine>(),
                options.DataDirectory,
                networks
            )
        );
        services.TryAddSingleton<CameraProber>(provider =>
            CameraSources.Prober(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<WebRtcEngine>(), networks)
        );
        services.AddSingleton<CameraRegistry>();
        services.AddSingleton<PathRegistry>();
        services.AddSingleton<Access>();
        services.AddSingleton<Pairing>();
        services.AddSingleton<HubUplink>();
        services.AddSingleton<WhipPublishing>();
        services.AddSingleton<WhepSessions>();
        services.AddSingleton<CameraEditor>();
        services.AddSingleton<CameraProbe>();
        services.AddMumuStills();
        services.AddSingleton(provider => new WebRtcEngine(
            EngineHost.Options(options.Settings.Current.WebRtc),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebRtcEngine>>()
        ));

        // Started in this order and stopped in the reverse one: sessions end while the hub can still be told.
        services.AddSingleton<EventFeed>();
        services.AddHostedService<Webhooks>(); // first, so that it hears of the others' beginnings
        services.AddHostedService<EngineHost>();
        services.AddHostedService<SettingsWatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<HubUplink>());
        services.AddSingleton<WatchSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<WatchSessions>());
        services.AddSingleton<ProgramStart>();
        services.AddControl();
        services.AddSingleton<Scrape>();
        services.AddSingleton<StreamDoor>();
        services.AddSingleton<HlsSessions>();
        services.AddSingleton<RtspHost>();
        services.AddHostedService(provider => provider.GetRequiredService<RtspHost>());
        services.AddSingleton<RtmpHost>();
        services.AddHostedService(provider => provider.GetRequiredService<RtmpHost>());
        services.AddHostedService<Forwards>();

        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(AgentPolicies.Admin, AgentPolicies.BuildAdmin(options));
        return services;
    }
}
