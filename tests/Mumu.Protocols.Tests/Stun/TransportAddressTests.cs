// Transport addresses: value equality, folding of mapped addresses, round trips.
using System.Net;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Stun;

public sealed class TransportAddressTests
{
    [Theory]
    [InlineData("192.0.2.1:3478")]
    [InlineData("[2001:db8::1]:80")]
    public void Round_trips_through_the_framework(string text)
    {
        var endPoint = IPEndPoint.Parse(text);
        Assert.Equal(endPoint, TransportAddress.From(endPoint).ToIPEndPoint());
    }

    [Fact]
    public void A_mapped_address_is_the_same_peer()
    {
        var plain = TransportAddress.From(IPAddress.Loopback, 5);
        Assert.Equal(plain, TransportAddress.From(IPAddress.Loopback.MapToIPv6(), 5));
    }
}
