// The life of an allocation: made, repeated, refreshed, refused, ended.
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

public sealed class TurnAllocationTests
{
    private readonly TurnLab _lab = new(o => o with { MaxAllocations = 4, MaxAllocationsPerUser = 2 });

    [Fact]
    public void An_allocation_gets_a_relayed_address_and_ten_minutes()
    {
        Assert.Equal(0, _lab.Allocate());
        Assert.Equal(TurnLab.At("93.184.216.1", 49152), _lab.LastRelayed());
        Assert.Equal(600u, _lab.LastLifetime());
        Assert.Equal(new TurnCommand(TurnCommandKind.OpenRelay, 1, false), Assert.Single(_lab.Commands));
    }

    [Fact]
    public void A_lifetime_never_outlives_the_credential()
    {
        var user = TurnLab.User(seconds: 700);
        Assert.Equal(0, _lab.Allocate(user));
        Assert.Equal(600u, _lab.LastLifetime());
        _lab.Now = TimeSpan.FromSeconds(400);
        Assert.Equal(0, _lab.Refresh(3000, user));
        Assert.Equal(300u, _lab.LastLifetime());
        _lab.Now = TimeSpan.FromSeconds(699);
        Assert.Equal(TimeSpan.FromSeconds(610), _lab.Server.NextDeadline); // the first end; asked then, it moves on
        _lab.Server.Tick(_lab.Now);
        Assert.Equal(1, _lab.Server.AllocationCount);
        _lab.Now = TimeSpan.FromSeconds(700);
        Assert.Equal(_lab.Now, _lab.Server.NextDeadline);
        _lab.Server.Tick(_lab.Now);
        _lab.Drain();
        Assert.Equal(0, _lab.Server.AllocationCount);
        Assert.Null(_lab.Server.NextDeadline);
        Assert.Equal(TurnCommandKind.CloseRelay, _lab.Commands[^1].Kind);
    }

    [Fact]
    public void A_lifetime_is_at_most_an_hour()
    {
        _lab.Allocate(TurnLab.User(seconds: 100_000), lifetime: uint.MaxValue);
        Assert.Equal(3600u, _lab.LastLifetime());
    }

    [Fact]
    public void A_repeated_request_is_answered_again_and_another_is_a_mismatch()
    {
        var nonce = _lab.Nonce();
        var request = _lab.Request(StunMethod.Allocate, Transport, TurnLab.User(), nonce: nonce);
        _lab.Receive(request);
        var first = _lab.LastRelayed();
        _lab.Receive(request);
        Assert.Equal(first, _lab.LastRelayed());
        Assert.Equal(437, _lab.Allocate());
        Assert.Equal(1, _lab.Server.AllocationCount);
    }

    [Fact]
    public void A_request_repeated_before_there_is_a_socket_waits_with_the_first()
    {
        var nonce = _lab.Nonce();
        var request = _lab.Request(StunMethod.Allocate, Transport, TurnLab.User(), nonce: nonce);
        _lab.Server.Receive(request, TurnLab.Client(), _lab.Now);
        _lab.Server.Receive(request, TurnLab.Client(), _lab.Now);
        Assert.False(_lab.Server.TryTransmit(out _, out _));
        _lab.Sent.Clear();
        _lab.Drain();
        Assert.Single(_lab.Sent);
    }

    [Fact]
    public void Refresh_with_zero_ends_it()
    {
        _lab.Allocate();
        Assert.Equal(0, _lab.Refresh(0));
        Assert.Equal(0, _lab.Server.AllocationCount);
        Assert.Equal(437, _lab.Refresh(600));
    }

    [Fact]
    public void Another_users_credential_does_not_command_an_allocation()
    {
        _lab.Allocate();
        Assert.Equal(441, _lab.Refresh(0, TurnLab.User("berta")));
        Assert.Equal(441, _lab.Refresh(600, TurnLab.User(seconds: 7200)));
    }

    [Fact]
    public void A_user_has_a_quota_whatever_the_credential_and_the_server_has_one()
    {
        Assert.Equal(0, _lab.Allocate(TurnLab.User(), TurnLab.Client(1)));
        Assert.Equal(0, _lab.Allocate(TurnLab.User(seconds: 4000), TurnLab.Client(2)));
        Assert.Equal(486, _lab.Allocate(TurnLab.User(seconds: 5000), TurnLab.Client(3)));
        Assert.Equal(0, _lab.Allocate(TurnLab.User("b"), TurnLab.Client(4)));
        Assert.Equal(0, _lab.Allocate(TurnLab.User("b"), TurnLab.Client(5)));
        Assert.Equal(508, _lab.Allocate(TurnLab.User("c"), TurnLab.Client(6)));
        _lab.Now += TimeSpan.FromMinutes(11);
        Assert.Equal(0, _lab.Allocate(TurnLab.User(), TurnLab.Client(3)));
    }

    [Fact]
    public void Without_a_socket_there_is_no_allocation()
    {
        _lab.HasSockets = false;
        Assert.Equal(508, _lab.Allocate());
        Assert.Equal(0, _lab.Server.AllocationCount);
    }

    [Fact]
    public void Wishes_that_cannot_be_met_are_refused_by_their_number()
    {
        Assert.Equal(400, _lab.Ask(StunMethod.Allocate, null));
        Assert.Equal(442, Ask((ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 132u << 24)));
        Assert.Equal(440, Ask(With(StunAttribute.RequestedAddressFamily, 2u << 24)));
        Assert.Equal(440, Ask(With(StunAttribute.RequestedAddressFamily, 3u << 24)));
        Assert.Equal(420, Ask(With(StunAttribute.DontFragment, 0)));
        Assert.Equal(420, Ask(With((StunAttribute)0x7777, 0)));
        Assert.Equal(400, Ask(With(StunAttribute.EvenPort, 0)));
        Assert.Equal(508, Ask(EvenPort(0x80)));
        Assert.Equal(0, Ask(EvenPort(0)));
        Assert.True(_lab.Commands[^1].IsEven);
        Assert.Equal(0, _lab.Refresh(0));
        Assert.Equal(0, Ask(With(StunAttribute.RequestedAddressFamily, 1u << 24)));
        int Ask(TurnLab.Attributes attributes) => _lab.Ask(StunMethod.Allocate, attributes);
    }

    [Fact]
    public void Making_and_ending_for_ever_leaves_nothing_behind()
    {
        var nonce = _lab.Nonce();
        for (var i = 0; i < 10_000; i++)
        {
            _lab.Receive(_lab.Request(StunMethod.Allocate, Transport, TurnLab.User(), nonce: nonce));
            _lab.Receive(
                _lab.Request(
                    StunMethod.Refresh,
                    (ref StunWriter w) => w.WriteUInt32(StunAttribute.Lifetime, 0),
                    TurnLab.User(),
                    nonce: nonce
                )
            );
        }
        Assert.Equal(10_000, _lab.Server.Counters.Allocated);
        Assert.Equal(0, _lab.Server.AllocationCount);
        Assert.Null(_lab.Server.NextDeadline);
    }

    private static void Transport(ref StunWriter writer) => writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);

    private static TurnLab.Attributes EvenPort(byte value) =>
        (ref StunWriter w) =>
        {
            Transport(ref w);
            w.Write(StunAttribute.EvenPort, [value]);
        };

    private static TurnLab.Attributes With(StunAttribute type, uint value) =>
        (ref StunWriter w) =>
        {
            Transport(ref w);
            w.WriteUInt32(type, value);
        };
}
