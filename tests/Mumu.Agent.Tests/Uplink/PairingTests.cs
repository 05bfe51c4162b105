// Pairing codes: asked for while nobody owns the device, renewed, and done with.
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Uplink;
using Mumu.Signaling;

namespace Mumu.Agent.Tests.Uplink;

public sealed class PairingTests : IAsyncLifetime
{
    private FakeHub _hub = null!;
    private RunningUplink _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _agent = await RunningUplink.StartAsync(_hub.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _hub.DisposeAsync();
    }

    private async Task<PairingTicket> IssueAsync(FakeHubSocket socket, string code)
    {
        await socket.NextAsync(MessageTypes.PairingRequest);
        await socket.SendAsync(MessageTypes.PairingCode, new PairingCode(code, "ignored", 300), SignalingJson.Wire.PairingCode);
        await Eventually.HoldsAsync(() => _agent.Pairing.Ticket?.Code == code, $"the code {code} is there");
        return _agent.Pairing.Ticket!;
    }

    [Fact]
    public async Task A_device_without_an_owner_gets_a_code_and_a_new_one_before_it_expires()
    {
        var issued = new List<string>();
        _agent.Pairing.CodeIssued += t => issued.Add(t.Code);
        var socket = await _hub.GreetAsync(paired: false);
        var ticket = await IssueAsync(socket, "012345");
        Assert.Equal(ManualTime.Start + TimeSpan.FromMinutes(5), ticket.ExpiresAt);
        Assert.Equal(_agent.Identity.Fingerprint, ticket.Fingerprint);
        var link = ticket.Page.OriginalString;
        Assert.StartsWith($"{_hub.Url}/pair#code=012345&device={_agent.Identity.DeviceId}&fingerprint=", link, StringComparison.Ordinal);

        for (var passed = 0; passed < 280; passed += 20)
        {
            _agent.Time.Advance(TimeSpan.FromSeconds(20));
            Assert.DoesNotContain(MessageTypes.PairingRequest, await socket.SettleAsync());
        }
        _agent.Time.Advance(TimeSpan.FromSeconds(5));
        await IssueAsync(socket, "654321");
        Assert.Equal(["012345", "654321"], issued);
        Assert.False(_agent.Pairing.IsPaired);
    }

    [Fact]
    public async Task Once_paired_the_code_is_gone_and_none_is_asked_for()
    {
        var owner = new TaskCompletionSource<string>();
        _agent.Pairing.PairedWith += owner.SetResult;
        var socket = await _hub.GreetAsync(paired: false);
        await IssueAsync(socket, "012345");
        await socket.SendAsync(MessageTypes.Paired, new Paired("anna", "Attic"), SignalingJson.Wire.Paired);
        Assert.Equal("anna", await owner.Task.Within("word of the owner"));
        Assert.Null(_agent.Pairing.Ticket);
        Assert.True(_agent.Pairing.IsPaired);
        _agent.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.DoesNotContain(MessageTypes.PairingRequest, await socket.SettleAsync());
    }

    [Fact]
    public async Task A_paired_device_asks_only_when_told_to_and_once()
    {
        var socket = await _hub.GreetAsync(paired: true);
        await _agent.BecomesAsync(UplinkState.Online);
        Assert.DoesNotContain(MessageTypes.PairingRequest, await socket.SettleAsync());
        _agent.Pairing.Request();
        _agent.Time.Advance(TimeSpan.FromSeconds(1));
        await IssueAsync(socket, "111222");
        for (var minute = 0; minute < 6; minute++)
        {
            _agent.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.DoesNotContain(MessageTypes.PairingRequest, await socket.SettleAsync());
        }
        Assert.Null(_agent.Pairing.Ticket);
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_is_asked_again()
    {
        var socket = await _hub.GreetAsync(paired: false);
        await socket.NextAsync(MessageTypes.PairingRequest);
        _agent.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.DoesNotContain(MessageTypes.PairingRequest, await socket.SettleAsync());
        _agent.Time.Advance(TimeSpan.FromSeconds(1));
        await socket.NextAsync(MessageTypes.PairingRequest);
    }

    [Theory]
    [InlineData("12 456")]
    [InlineData("<b>1</b>")]
    [InlineData("1")]
    public async Task What_is_no_code_is_not_shown(string code)
    {
        var socket = await _hub.GreetAsync(paired: false);
        await socket.NextAsync(MessageTypes.PairingRequest);
        await socket.SendAsync(MessageTypes.PairingCode, new PairingCode(code, "x", 300), SignalingJson.Wire.PairingCode);
        await socket.SettleAsync();
        Assert.Null(_agent.Pairing.Ticket);
    }
}
