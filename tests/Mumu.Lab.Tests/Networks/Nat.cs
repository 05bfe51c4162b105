// What can stand between a home and the Internet.
namespace Mumu.Lab.Tests.Networks;

/// <summary>Mapping and filtering in the terms of RFC 4787; the names in the middle are those of RFC 3489, which people know.</summary>
public enum Nat
{
    /// <summary>No translation: the host has a public address and everything reaches it.</summary>
    Open,

    /// <summary>Endpoint-independent mapping, endpoint-independent filtering.</summary>
    FullCone,

    /// <summary>Endpoint-independent mapping, address and port-dependent filtering.</summary>
    PortRestricted,

    /// <summary>Address and port-dependent mapping and filtering, random ports.</summary>
    Symmetric,

    /// <summary>TCP to anywhere; no UDP.</summary>
    UdpBlocked,

    /// <summary>TCP to port 443 and nothing else.</summary>
    OnlyTcp443,
}
