// Who gets in: coturn's scheme, nonces, and what the unproven can cost.
using System.Text;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Tests.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

public sealed class TurnCredentialTests
{
    // echo -n '1767229200:anna' | openssl dgst -sha1 -hmac 'not so secret' -binary | base64
    [Fact]
    public void The_password_is_the_one_that_coturn_computes() =>
        Assert.Equal("T7rEP5TnvzfJiQIXm8rj4dVwKPo=", TurnCredential.Password(Encoding.UTF8.GetBytes(TurnLab.Secret), "1767229200:anna"));

    [Theory]
    [InlineData("anna")]
    [InlineData("1767229200")]
    [InlineData("1767229200:")]
    [InlineData(":anna")]
    [InlineData("-1:anna")]
    [InlineData("+1767229200:anna")]
    [InlineData("176722920 :anna")]
    [InlineData("999999999999:anna")]
    public void Other_user_names_are_not_taken(string name) =>
        Assert.False(TurnCredential.TryParse(Encoding.UTF8.GetBytes(name), out _, out _));

    [Fact]
    public void Without_credentials_a_request_is_told_realm_and_nonce_in_few_bytes()
    {
        var lab = new TurnLab();
        lab.Receive(lab.Request(StunMethod.Allocate));
        var (bytes, route) = Assert.Single(lab.Sent);
        Assert.Equal(TurnLab.Client().Remote, route.Remote);
        Assert.True(StunMessage.TryParse(bytes, out var answer));
        Assert.True(answer.TryGetError(out var error));
        Assert.Equal(401, error.Code);
        Assert.False(answer.ClaimsIntegrity);
        Assert.True(bytes.Length <= 112, $"{bytes.Length} bytes");
    }

    [Fact]
    public void A_wrong_secret_and_an_ended_credential_are_unauthenticated()
    {
        var lab = new TurnLab();
        lab.Receive(lab.Request(StunMethod.Allocate, Transport, TurnLab.User(), secret: "another"));
        Assert.Equal(401, Code(lab));
        Assert.Equal(401, lab.Allocate(TurnLab.User(seconds: 10)));
        Assert.Equal(0, lab.Allocate(TurnLab.User(seconds: 12)));
    }

    [Fact]
    public void A_nonce_is_stale_when_old_of_another_client_or_invented()
    {
        var lab = new TurnLab();
        var nonce = lab.Nonce();
        foreach (var (bad, client) in new[] { (nonce, TurnLab.Client(40001)), (new byte[32], TurnLab.Client()), ([], TurnLab.Client()) })
        {
            lab.Receive(lab.Request(StunMethod.Allocate, Transport, TurnLab.User(), client, nonce: bad), client);
            Assert.Equal(438, Code(lab));
        }
        lab.Now += TimeSpan.FromMinutes(11);
        lab.Receive(lab.Request(StunMethod.Allocate, Transport, TurnLab.User(), nonce: nonce));
        Assert.Equal(438, Code(lab));
        Assert.Equal(0, lab.Server.AllocationCount);
    }

    [Fact]
    public void A_request_that_claims_integrity_without_a_name_is_bad()
    {
        var lab = new TurnLab();
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, new StunTransactionId(1, 1));
        writer.WriteIntegrity("key"u8);
        lab.Receive(buffer.AsSpan(0, writer.Length));
        Assert.Equal(400, Code(lab));
    }

    [Fact]
    public void What_follows_the_integrity_is_ignored()
    {
        var lab = new TurnLab();
        var user = TurnLab.User();
        var nonce = lab.Nonce();
        var buffer = new byte[500];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, new StunTransactionId(1, 1));
        writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(user));
        writer.Write(StunAttribute.Realm, "mumu"u8);
        writer.Write(StunAttribute.Nonce, nonce);
        writer.WriteIntegrity(TurnLab.Key(user));
        writer.WriteUInt32(StunAttribute.Lifetime, 3600);
        writer.WriteUInt32(StunAttribute.RequestedAddressFamily, 2u << 24);
        writer.WriteUInt32(StunAttribute.DontFragment, 0); // would be refused as unknown
        lab.Receive(buffer.AsSpan(0, writer.Length));
        Assert.Equal(600u, lab.LastLifetime());
        Assert.False(lab.LastRelayed().IsIPv6);
    }

    [Fact]
    public void The_sample_request_of_the_RFC_meets_a_server_that_never_gave_its_nonce()
    {
        var lab = new TurnLab();
        var request = StunVectors.LongTermRequest.ToArray();
        request[1] = 0x03; // Allocate
        lab.Receive(request);
        Assert.Equal(438, Code(lab));
    }

    [Fact]
    public void Answers_to_one_unproven_source_are_counted()
    {
        var lab = new TurnLab(o => o with { UnprovenAnswersPerSecond = 5 });
        var request = lab.Request(StunMethod.Allocate);
        var answers = 0;
        for (var i = 0; i < 100; i++)
        {
            lab.Receive(request, TurnLab.Client(1000 + i));
            answers += lab.Sent.Count;
        }
        Assert.Equal(5, answers);
        lab.Now += TimeSpan.FromSeconds(1);
        lab.Receive(request);
        Assert.Single(lab.Sent);
    }

    [Fact]
    public void Two_hundred_thousand_unproven_requests_cost_no_memory()
    {
        var lab = new TurnLab();
        var request = lab.Request(StunMethod.Allocate);
        var before = 0L;
        for (var i = 0; i < 201_000; i++)
        {
            if (i == 1000)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            var source = TransportAddress.FromIPv4([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i], 1024 + (i & 0x7FFF));
            lab.Server.Receive(request, new FlowId(0, source), lab.Now);
            while (lab.Server.TryTransmit(out _, out _)) { }
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.False(lab.Server.TryRead(out _));
        Assert.Equal(0, lab.Allocate());
    }

    [Fact]
    public void Binding_tells_the_reflexive_address_and_refuses_the_unknown()
    {
        var lab = new TurnLab();
        lab.Receive(lab.Request(StunMethod.Binding));
        Assert.True(StunMessage.TryParse(Assert.Single(lab.Sent).Bytes, out var answer));
        Assert.True(answer.TryGetMappedAddress(out var address));
        Assert.Equal(TurnLab.Client().Remote, address);
        lab.Receive(lab.Request(StunMethod.Binding, (ref StunWriter w) => w.WriteUInt32((StunAttribute)0x7FFF, 1)));
        Assert.Equal(420, Code(lab));
    }

    private static void Transport(ref StunWriter writer) => writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);

    private static int Code(TurnLab lab)
    {
        Assert.True(StunMessage.TryParse(Assert.Single(lab.Sent).Bytes, out var answer));
        Assert.True(answer.TryGetError(out var error));
        return error.Code;
    }
}
