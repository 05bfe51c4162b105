// The client's half of the long-term credential: what the server asked for, and the signature made of it.
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>User name, realm, nonce and key (RFC 8489 §9.2).</summary>
[SuppressMessage("Security", "CA5351", Justification = "MD5 makes the key of RFC 8489 §18.5.1.1, the one that all servers know.")]
internal sealed class TurnLogin
{
    private const int MaxText = 763; // RFC 8489 §14.9, §14.10
    private readonly byte[] _userName;
    private readonly byte[] _password;
    private byte[] _realm = [];
    private byte[] _nonce = [];

    /// <exception cref="ArgumentException">The user name is empty or too long.</exception>
    public TurnLogin(TurnClientOptions options)
    {
        _userName = Encoding.UTF8.GetBytes(options.UserName);
        _password = Encoding.UTF8.GetBytes(options.Password);
        if (_userName.Length is 0 or > TurnClientOptions.MaxUserName)
        {
            throw new ArgumentException($"A user name has 1 to {TurnClientOptions.MaxUserName} bytes.", nameof(options));
        }
    }

    /// <summary>The key of MESSAGE-INTEGRITY; empty until the server has named its realm.</summary>
    public byte[] Key { get; private set; } = [];

    /// <summary>Takes realm and nonce from a 401 or 438; false if they are missing or too long. The first realm stays.</summary>
    public bool TryTake(in StunMessage challenge)
    {
        if (!challenge.TryGet(StunAttribute.Nonce, out var nonce) || nonce.Length is 0 or > MaxText)
        {
            return false;
        }
        if (Key.Length == 0)
        {
            if (!challenge.TryGet(StunAttribute.Realm, out var realm) || realm.Length is 0 or > MaxText)
            {
                return false;
            }
            _realm = realm.ToArray();
            Key = MD5.HashData([.. _userName, (byte)':', .. _realm, (byte)':', .. _password]);
        }
        _nonce = nonce.ToArray();
        return true;
    }

    /// <summary>Adds the credential and the signature, once there is something to sign with; false if there is not.</summary>
    public bool Sign(ref StunWriter writer)
    {
        if (Key.Length == 0)
        {
            return false;
        }
        writer.Write(StunAttribute.Username, _userName);
        writer.Write(StunAttribute.Realm, _realm);
        writer.Write(StunAttribute.Nonce, _nonce);
        writer.WriteIntegrity(Key);
        return true;
    }
}
