// The one policy of who may do what: every protocol asks it.
using System.Net;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Keys;

/// <summary>
/// Decides by API key, user, JWT or an external service, in this order, for an action on a path. No address is trusted, loopback neither. What is wrong is answered late and counted against its address;
/// a right key passes even from an address that is locked: 256 random bits are not found by trying, and else one could lock out all who share an address. Passwords can be found, so they do not.
/// </summary>
public sealed class Access : IDisposable
{
    /// <summary>How long the answer to a wrong key waits.</summary>
    public static readonly TimeSpan WrongKeyDelay = TimeSpan.FromSeconds(1);

    private static readonly AccessDecision NoKey = new(AccessOutcome.NoKey, null, TimeSpan.Zero);
    private static readonly AccessDecision Locked = new(AccessOutcome.Locked, null, TimeSpan.Zero);
    private readonly KeyStore _keys;
    private readonly SettingsStore _settings;
    private readonly UserPasswords _passwords;
    private readonly TokenVerifier _tokens;
    private readonly AccessHook _hook;
    private readonly WrongKeys _wrong;
    private long _wrongCount;

    /// <summary>Makes the policy.</summary>
    public Access(KeyStore keys, SettingsStore settings, TimeProvider time)
    {
        (_keys, _settings) = (keys, settings);
        _passwords = new UserPasswords(time);
        _tokens = new TokenVerifier(settings, time);
        _hook = new AccessHook(settings, time);
        _wrong = new WrongKeys(time);
    }

    /// <summary>Requests refused so far because what they showed was wrong.</summary>
    public long Wrong => Interlocked.Read(ref _wrongCount);

    /// <summary>Decides by API key alone.</summary>
    /// <param name="key">The key as presented; null if there was none.</param>
    /// <param name="from">Where the request comes from.</param>
    /// <param name="action">What is wanted.</param>
    /// <param name="path">On which path; null for actions that concern none.</param>
    public AccessDecision Decide(string? key, IPAddress? from, AccessAction action, string? path = null) =>
        string.IsNullOrEmpty(key) ? NoKey
        : _keys.Verify(key) is { } known ? ByKey(known, new AccessRequest(null, from, action, path))
        : Refuse(from);

    /// <summary>Decides. Wait out <see cref="AccessDecision.Delay"/> before the answer.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<AccessDecision> DecideAsync(AccessRequest request, CancellationToken cancellation)
    {
        var access = _settings.Current.Access;
        if (request.Credentials is not { } shown || (string.IsNullOrEmpty(shown.Secret) && string.IsNullOrEmpty(shown.User)))
        {
            return access.Hook is not null && await _hook.AllowsAsync(access.Hook, request, cancellation).ConfigureAwait(false)
                ? Granted("anonymous")
                : NoKey;
        }
        if (shown.Secret is { Length: > 0 } secret)
        {
            if (secret.StartsWith(KeyStore.Prefix, StringComparison.Ordinal))
            {
                return _keys.Verify(secret) is { } key ? ByKey(key, request) : Refuse(request.From);
            }
            if (access.Jwt is { } jwt && TokenVerifier.LooksLikeOne(secret))
            {
                return await _tokens.VerifyAsync(jwt, secret, cancellation).ConfigureAwait(false) is { } token
                    ? ByPermissions(token.Name, token.Permissions, null, request)
                    : Refuse(request.From);
            }
        }
        if (_wrong.IsLocked(request.From))
        {
            Interlocked.Increment(ref _wrongCount);
            return Locked;
        }
        if (shown is { User: { Length: > 0 } name, Password: { Length: > 0 } password } && access.Users.Count > 0)
        {
            var user = access.Users.GetValueOrDefault(name);
            if (await _passwords.IsRightAsync(name, password, user?.Password, cancellation).ConfigureAwait(false))
            {
                return ByPermissions(name, user!.Permissions, user.Networks, request);
            }
        }
        return access.Hook is not null && await _hook.AllowsAsync(access.Hook, request, cancellation).ConfigureAwait(false)
            ? Granted(NameOf(shown))
            : Refuse(request.From);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _passwords.Dispose();
        _tokens.Dispose();
        _hook.Dispose();
    }

    private static AccessDecision ByKey(ApiKey key, AccessRequest request)
    {
        var may = key.May(request.Action, request.Path) && Networks.Contain(key.Networks, request.From);
        return new AccessDecision(may ? AccessOutcome.Granted : AccessOutcome.NotAllowed, new Caller(key.Name), TimeSpan.Zero);
    }

    private static AccessDecision ByPermissions(
        string name,
        IReadOnlyList<PermissionSettings> permissions,
        IReadOnlyList<string>? networks,
        AccessRequest request
    )
    {
        var may = Networks.Contain(networks, request.From) && permissions.Any(p => p.Allows(request.Action, request.Path));
        return new AccessDecision(may ? AccessOutcome.Granted : AccessOutcome.NotAllowed, new Caller(name), TimeSpan.Zero);
    }

    private static AccessDecision Granted(string name) => new(AccessOutcome.Granted, new Caller(name), TimeSpan.Zero);

    // A name from outside goes into lists and logs, so it is kept short and plain.
    private static string NameOf(Credentials shown) =>
        shown.User is { Length: > 0 and <= 100 } user && !user.Any(char.IsControl) ? user : "external";

    private AccessDecision Refuse(IPAddress? from)
    {
        Interlocked.Increment(ref _wrongCount);
        return _wrong.Count(from) ? Locked : new AccessDecision(AccessOutcome.WrongKey, null, WrongKeyDelay);
    }
}
