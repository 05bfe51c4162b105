// The credentials of both sides, from restart to restart.
using Mumu.Protocols.Ice;

namespace Mumu.Protocols.WebRtc;

/// <summary>Restarts of ICE (RFC 8445 §9) by offer and answer. The old path serves until the new generation has found one.</summary>
internal sealed class IceGenerations(IceAgent ice, Random random)
{
    private IceCredentials? _remote;
    private bool _isRestarting;

    internal static IceCredentials NewCredentials(Random random)
    {
        Span<byte> entropy = stackalloc byte[IceCredentials.EntropyLength];
        random.NextBytes(entropy);
        return IceCredentials.Create(entropy);
    }

    internal void SetRemote(IceCredentials remote, bool isLite)
    {
        _remote = remote;
        ice.SetRemote(remote, isLite);
    }

    /// <summary>Begins a restart of ours; <see cref="TryAccept"/> takes the answer to it.</summary>
    internal void Offer()
    {
        _isRestarting = true;
        ice.Restart(NewCredentials(random));
    }

    /// <summary>Takes the credentials of an answer to a restart of ours; false if there was none.</summary>
    internal bool TryAccept(IceCredentials remote)
    {
        if (!_isRestarting)
        {
            return false;
        }
        _isRestarting = false;
        SetRemote(remote, isLite: false);
        return true;
    }

    /// <summary>Follows a restart of the other side; false if the credentials are those there were.</summary>
    internal bool TryFollow(IceCredentials remote)
    {
        if (remote == _remote)
        {
            return false;
        }
        ice.Restart(NewCredentials(random));
        SetRemote(remote, isLite: false);
        return true;
    }
}
