// The connection to the hub: greeting, heartbeats, presence, messages.
using System.Net.WebSockets;
using System.Text.Json;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Tests.Identity;
using Mumu.Agent.Uplink;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Signaling;

namespace Mumu.Agent.Tests.Uplink;

public sealed class UplinkTests : IAsyncLifetime
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

    [Fact]
    public async Task The_device_registers_its_key_and_proves_it()
    {
        var identity = _agent.Identity;
        var socket = await _hub.AcceptAsync();
        var registration = await _hub.Registrations.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            (identity.DeviceId, "Attic", "camera", identity.PublicKey),
            (registration.DeviceId, registration.DeviceName, registration.DeviceType, registration.PublicKey)
        );
        Assert.Equal(ManualTime.Start.ToUnixTimeSeconds(), registration.Time);
        var text = DeviceProof.RegisterText(identity.DeviceId, identity.PublicKey, registration.Time!.Value);
        Assert.True(DeviceIdentityTests.Verify(identity.PublicKey, registration.Signature!, text));

        var first = await socket.NextAsync(MessageTypes.Hello, SignalingJson.Default.DeviceHello);
        Assert.Equal(new DeviceHello(identity.DeviceId), first);
        await socket.SendAsync(MessageTypes.Challenge, new Challenge("n0nce"), SignalingJson.Wire.Challenge);
        var second = await socket.NextAsync(MessageTypes.Hello, SignalingJson.Default.DeviceHello);
        Assert.True(DeviceIdentityTests.Verify(identity.PublicKey, second.Proof!, DeviceProof.HelloText(identity.DeviceId, "n0nce")));
        Assert.Equal(UplinkState.Connecting, _agent.Uplink.Status.State);
        await socket.SendAsync(
            MessageTypes.HelloAck,
            new DeviceHelloAck(identity.DeviceId, "now", true),
            SignalingJson.Wire.DeviceHelloAck
        );
        await _agent.BecomesAsync(UplinkState.Online);
        Assert.True(_agent.Uplink.Hub!.IsLoopback);
    }

    [Fact]
    public async Task A_heartbeat_goes_out_every_twenty_seconds()
    {
        var socket = await _hub.GreetAsync();
        await socket.NextAsync(MessageTypes.DevicePresence);
        for (var i = 0; i < 3; i++)
        {
            _agent.Time.Advance(TimeSpan.FromSeconds(19));
            Assert.DoesNotContain(MessageTypes.Heartbeat, await socket.SettleAsync());
            _agent.Time.Advance(TimeSpan.FromSeconds(1));
            await socket.NextAsync(MessageTypes.Heartbeat);
        }
    }

    [Fact]
    public async Task A_silent_hub_is_left_and_asked_again()
    {
        var socket = await _hub.GreetAsync();
        await socket.NextAsync(MessageTypes.DevicePresence);
        _agent.Time.Advance(TimeSpan.FromSeconds(66));
        await _agent.BecomesAsync(UplinkState.Waiting);
        Assert.Contains("silent", _agent.Uplink.Status.Message, StringComparison.Ordinal);
        await _agent.SkipWaitAsync();
        await _hub.GreetAsync();
        await _agent.BecomesAsync(UplinkState.Online);
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_the_greeting_is_left()
    {
        var socket = await _hub.AcceptAsync();
        await socket.NextAsync(MessageTypes.Hello);
        _agent.Time.Advance(TimeSpan.FromSeconds(15));
        await _agent.BecomesAsync(UplinkState.Waiting);
        Assert.Contains("did not answer the greeting", _agent.Uplink.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presence_is_told_when_it_changes_and_not_more_often_than_every_two_seconds()
    {
        var socket = await _hub.GreetAsync();
        var presence = await socket.NextAsync(MessageTypes.DevicePresence, SignalingJson.Default.DevicePresence);
        Assert.Equal(("a", "ready"), (Assert.Single(presence.Cameras).Id, presence.Cameras[0].Status));
        Assert.NotNull(presence.Version);
        _agent.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(MessageTypes.DevicePresence, await socket.SettleAsync());

        _agent.Sources.Failures["a"] = new SourceException(SourceFailure.Unreachable, "It is dark.");
        using (_agent.Cameras.Find("a")!.Stream.AddReader(new Nobody()))
        {
            await Eventually.HoldsAsync(() => _agent.Cameras.Find("a")!.Stream.State == StreamState.Failed, "the camera fails");
            _agent.Time.Advance(TimeSpan.FromSeconds(1));
            presence = await socket.NextAsync(MessageTypes.DevicePresence, SignalingJson.Default.DevicePresence);
            Assert.Equal(("offline", "It is dark."), (presence.Cameras[0].Status, presence.Cameras[0].Message));
            _agent.Settings.SetCamera("b", new CameraSettings(Url: "rtsp://b"));
            _agent.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.DoesNotContain(MessageTypes.DevicePresence, await socket.SettleAsync());
            _agent.Time.Advance(TimeSpan.FromSeconds(1));
            presence = await socket.NextAsync(MessageTypes.DevicePresence, SignalingJson.Default.DevicePresence);
            Assert.Equal(["a", "b"], presence.Cameras.Select(c => c.Id));
        }
    }

    [Fact]
    public async Task Messages_about_watching_are_passed_on_in_order_and_junk_is_skipped()
    {
        var seen = new List<string>();
        _agent.Uplink.Signal += m => seen.Add(m.Type);
        var socket = await _hub.GreetAsync();
        await _agent.BecomesAsync(UplinkState.Online);
        string[] junk =
        [
            "",
            "[]",
            "{",
            "null",
            "{}",
            "{\"type\":null}",
            "{\"type\":5}",
            "{\"type\":\"paired\",\"payload\":7}",
            "{\"type\":\"pairing_code\",\"payload\":{\"code\":{}}}",
            "{\"type\":\"tomorrow\",\"payload\":{}}",
        ];
        foreach (var text in junk)
        {
            await socket.SendAsync(text);
        }
        foreach (var type in new[] { "watch_request", "signal_offer", "signal_ice", "watch_ended" })
        {
            await socket.SendAsync($"{{\"type\":\"{type}\",\"payload\":{{}}}}");
        }
        await Eventually.HoldsAsync(() => seen.Count == 4, "all four come through");
        Assert.Equal(["watch_request", "signal_offer", "signal_ice", "watch_ended"], seen);
        Assert.Equal(UplinkState.Online, _agent.Uplink.Status.State);
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_connection()
    {
        var socket = await _hub.GreetAsync();
        await _agent.BecomesAsync(UplinkState.Online);
        var tooLong = JsonSerializer.Serialize(new string('x', Envelope.MaxBytes));
        await socket
            .SendAsync(tooLong)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext); // The device may hang up before its end.
        await _agent.BecomesAsync(UplinkState.Waiting);
        Assert.Contains("too long", _agent.Uplink.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_reaches_the_hub_and_is_lost_without_one()
    {
        var socket = await _hub.GreetAsync();
        await _agent.BecomesAsync(UplinkState.Online);
        Assert.True(_agent.Uplink.TrySend(MessageTypes.EndWatch, new EndWatch("s", "Sentence."), SignalingJson.Wire.EndWatch));
        Assert.Equal(new EndWatch("s", "Sentence."), await socket.NextAsync(MessageTypes.EndWatch, SignalingJson.Default.EndWatch));
        socket.Abort();
        await _agent.BecomesAsync(UplinkState.Waiting);
        Assert.False(_agent.Uplink.TrySend(MessageTypes.EndWatch, new EndWatch("s"), SignalingJson.Wire.EndWatch));
    }

    [Fact]
    public async Task The_device_says_goodbye_when_it_stops()
    {
        var socket = await _hub.GreetAsync();
        await _agent.BecomesAsync(UplinkState.Online);
        await _agent.Uplink.StopAsync(CancellationToken.None);
        await socket.Gone.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(UplinkState.Off, _agent.Uplink.Status.State);
    }

    [Fact]
    public async Task Another_program_with_the_same_key_is_told_in_words_and_not_fought_with()
    {
        var socket = await _hub.GreetAsync();
        await _agent.BecomesAsync(UplinkState.Online);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "replaced");
        Assert.InRange(await _agent.SkipWaitAsync(), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    private sealed class Nobody : IUnitReader
    {
        public void OnTracks(IReadOnlyList<TrackFormat> tracks) { }

        public void OnUnit(Unit unit, bool isBacklog) { }

        public void OnState(StreamState state, string? message) { }
    }
}
