// Whom the program tells of events, in mumu.json.
using Mumu.Agent.Paths;

namespace Mumu.Agent.Settings;

/// <summary>Events. A change counts at once.</summary>
/// <param name="Webhooks">Addresses that are told.</param>
public sealed record EventSettings(IReadOnlyList<WebhookSettings>? Webhooks = null)
{
    private const int MaxWebhooks = 32;
    private const int MinSecretLength = 16;

    /// <summary>Addresses that are told.</summary>
    public IReadOnlyList<WebhookSettings> Webhooks { get; init; } = Webhooks ?? [];

    internal static IEnumerable<(string Path, string Reason)> Problems(EventSettings events)
    {
        if (events.Webhooks.Count > MaxWebhooks)
        {
            yield return ("events.webhooks", $"There are more than {MaxWebhooks} webhooks.");
        }
        for (var i = 0; i < events.Webhooks.Count; i++)
        {
            var hook = events.Webhooks[i];
            if (hook is null || !AccessRules.IsHttp(hook.Url))
            {
                yield return ($"events.webhooks[{i}]", "A webhook's “url” begins with https:// or http:// and has no user or password.");
            }
            else if (hook.Secret is null or { Length: < MinSecretLength })
            {
                yield return (
                    $"events.webhooks[{i}].secret",
                    $"A webhook has a “secret” of at least {MinSecretLength} characters, with which the receiver checks that an event is ours."
                );
            }
        }
    }
}

/// <summary>One address that is told.</summary>
/// <param name="Url">http or https.</param>
/// <param name="Secret">Signs what is told.</param>
/// <param name="Types">Of what; null is everything.</param>
public sealed record WebhookSettings(string? Url = null, string? Secret = null, IReadOnlyList<PathEventKind>? Types = null)
{
    /// <summary>The address without what may be secret in it.</summary>
    public override string ToString() => CameraUrl.WithoutSecrets(Url) ?? "webhook";
}
