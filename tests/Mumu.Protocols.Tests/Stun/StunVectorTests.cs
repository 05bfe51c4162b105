// The STUN reader and writer against the sample messages of the RFCs.
using System.Net;
using System.Text;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Stun;

public sealed class StunVectorTests
{
    [Fact]
    public void Reads_the_sample_request()
    {
        Assert.True(StunMessage.TryParse(StunVectors.Request, out var message));
        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunMethod.Binding, message.Method);
        Assert.Equal(new StunTransactionId(0xb7e7a701, 0xbc34d686fa87dfae), message.TransactionId);
        Assert.True(message.TryGet(StunAttribute.Software, out var software));
        Assert.Equal("STUN test client", Encoding.ASCII.GetString(software));
        Assert.True(message.TryGet(StunAttribute.Username, out var username));
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(username));
        Assert.True(message.TryGetUInt32(StunAttribute.Priority, out var priority));
        Assert.Equal(0x6e0001ffu, priority);
        Assert.True(message.TryGetUInt64(StunAttribute.IceControlled, out var tieBreaker));
        Assert.Equal(0x932ff9b151263b36u, tieBreaker);
        Assert.True(message.HasFingerprint);
        Assert.True(message.HasIntegrity(StunVectors.Password));
        Assert.False(message.HasIntegrity("VOkJxbRl1RmTxUk/WvJxBT"u8));
    }

    [Fact]
    public void Reads_the_sample_responses()
    {
        Assert.True(StunMessage.TryParse(StunVectors.IPv4Response, out var message));
        Assert.Equal(StunClass.Success, message.Class);
        Assert.True(message.HasIntegrity(StunVectors.Password));
        Assert.True(message.TryGetMappedAddress(out var address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("192.0.2.1"), 32853), address);

        Assert.True(StunMessage.TryParse(StunVectors.IPv6Response, out message));
        Assert.True(message.HasIntegrity(StunVectors.Password));
        Assert.True(message.TryGetMappedAddress(out address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853), address);
    }

    [Fact]
    public void Reads_the_sample_requests_with_long_term_credentials()
    {
        Assert.True(StunMessage.TryParse(StunVectors.LongTermRequest, out var message));
        Assert.True(message.HasIntegrity(StunVectors.LongTermMd5Key));
        Assert.True(message.TryGet(StunAttribute.Realm, out var realm));
        Assert.Equal("example.org", Encoding.ASCII.GetString(realm));
        Assert.True(message.TryGet(StunAttribute.Nonce, out var nonce));
        Assert.Equal("f//499k954d6OL34oL9FSTvy64sA", Encoding.ASCII.GetString(nonce));

        Assert.True(StunMessage.TryParse(StunVectors.LongTermSha256Request, out message));
        Assert.True(message.HasIntegrity(StunVectors.LongTermSha256Key));
        Assert.False(message.HasIntegrity(StunVectors.LongTermMd5Key));
    }

    [Fact]
    public void Writes_the_sample_request_with_long_term_credentials_byte_for_byte()
    {
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new StunTransactionId(0x78ad3433, 0xc6ad72c029da412e));
        writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(StunVectors.LongTermUser));
        writer.Write(StunAttribute.Nonce, "f//499k954d6OL34oL9FSTvy64sA"u8);
        writer.Write(StunAttribute.Realm, "example.org"u8);
        writer.WriteIntegrity(StunVectors.LongTermMd5Key);
        Assert.Equal(StunVectors.LongTermRequest, buffer[..writer.Length]);
    }

    // The other samples are padded with blanks, the writer pads with zeros: compared are integrity and fingerprint over the sample's own bytes.
    [Fact]
    public void Writes_integrity_and_fingerprint_of_a_sample_response()
    {
        var buffer = new byte[256];
        var id = new StunTransactionId(0xb7e7a701, 0xbc34d686fa87dfae);
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, id);
        writer.Write(StunAttribute.Software, "test vector"u8);
        buffer[writer.Length - 1] = (byte)' ';
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, TransportAddress.From(IPAddress.Parse("192.0.2.1"), 32853));
        writer.WriteIntegrity(StunVectors.Password);
        writer.WriteFingerprint();
        Assert.Equal(StunVectors.IPv4Response, buffer[..writer.Length]);
    }
}
