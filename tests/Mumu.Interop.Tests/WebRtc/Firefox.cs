// Firefox without a window, in a network namespace, on a page that does its work by itself.
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Interop.Tests.WebRtc;

internal sealed class Firefox : IAsyncDisposable
{
    // Its own cameras are made up; and a fresh profile would like to talk to many servers.
    private const string Preferences = """
        user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
        user_pref("media.peerconnection.ice.default_address_only", false);
        user_pref("media.navigator.permission.disabled", true);
        user_pref("media.navigator.streams.fake", true);
        user_pref("media.devices.insecure.enabled", true);
        user_pref("media.getusermedia.insecure.enabled", true);
        user_pref("media.autoplay.default", 0);
        user_pref("media.gmp-manager.url", "");
        user_pref("network.captive-portal-service.enabled", false);
        user_pref("network.connectivity-service.enabled", false);
        user_pref("browser.shell.checkDefaultBrowser", false);
        user_pref("browser.aboutwelcome.enabled", false);
        user_pref("datareporting.policy.dataSubmissionEnabled", false);
        user_pref("toolkit.telemetry.enabled", false);
        user_pref("app.update.enabled", false);
        """;

    private readonly DirectoryInfo _profile;
    private readonly ClientProgram _process;

    private Firefox(DirectoryInfo profile, ClientProgram process) => (_profile, _process) = (profile, process);

    /// <summary>The page that it opens: see its script.</summary>
    public static string Page { get; } = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "WebRtc", "Clients", "firefox.html");

    /// <summary>What it complained about.</summary>
    public string Output => _process.Output;

    public static Firefox Start(NetworkNamespace inside, string url)
    {
        var profile = Directory.CreateTempSubdirectory("mumu-test-firefox-");
        File.WriteAllText(Path.Combine(profile.FullName, "user.js"), Preferences);
        var arguments = inside.Inside("/usr/bin/firefox-esr", "--headless", "--no-remote", "--profile", profile.FullName, url);
        return new Firefox(profile, ClientProgram.StartProgram("ip", arguments));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        // Its children may still be writing for a moment.
        await Eventually.IsTrueAsync(TryRemoveAsync, TimeSpan.FromSeconds(20), "the end of Firefox's profile");
    }

    private Task<bool> TryRemoveAsync()
    {
        try
        {
            _profile.Delete(recursive: true);
            return Task.FromResult(true);
        }
        catch (IOException)
        {
            return Task.FromResult(false);
        }
    }
}
