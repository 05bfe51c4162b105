// Makes the device and its key known to the hub, over REST.
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Mumu.Agent.Identity;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Agent.Uplink;

/// <summary>Registers the device; doing it again changes nothing.</summary>
internal sealed class DeviceRegistration(HttpClient http, DeviceIdentity identity, TimeProvider time)
{
    /// <summary>Registers.</summary>
    /// <exception cref="UplinkException">The hub refused, or could not be reached.</exception>
    public async Task RegisterAsync(HubAddress hub, string deviceName, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new RegisterDeviceRequest(
            identity.DeviceId,
            deviceName,
            "camera",
            identity.PublicKey,
            now,
            identity.Sign(DeviceProof.RegisterText(identity.DeviceId, identity.PublicKey, now))
        );
        using var response = await http.PostAsJsonAsync(hub.Register, request, SignalingJson.Wire.RegisterDeviceRequest, cancellation)
            .ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return;
        }
        var detail = await DetailAsync(response, cancellation).ConfigureAwait(false);
        // A quick retry mends a server error; a refusal stands until someone does something about it.
        var refused = (int)response.StatusCode is >= 300 and < 500 && response.StatusCode != HttpStatusCode.TooManyRequests;
        throw new UplinkException(
            $"The hub did not register this device: {detail}",
            refused ? Backoff.Longest : response.Headers.RetryAfter?.Delta ?? default
        );
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var error = await response.Content.ReadFromJsonAsync(SignalingJson.Default.ErrorDetail, cancellation).ConfigureAwait(false);
            if (error?.Detail is { Length: > 0 and <= 500 } detail)
            {
                return detail;
            }
        }
        catch (JsonException)
        {
            // Not our hub's words, perhaps a proxy's page: the status has to do.
        }
        return $"it answered {(int)response.StatusCode} {response.ReasonPhrase}. Is the address right?";
    }
}
