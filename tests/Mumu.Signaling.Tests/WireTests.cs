// The records' JSON, byte for byte as existing clients have it.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mumu.Signaling.Tests;

public sealed class WireTests
{
    [Fact]
    public void Names_are_snake_case_and_absent_options_are_left_out()
    {
        Assert.Equal("""{"device_id":"cam-1"}""", Write(new DeviceHello("cam-1")));
        Assert.Equal("""{"device_id":"cam-1","proof":"x"}""", Write(new DeviceHello("cam-1", "x")));
        Assert.Equal("""{"device_id":"cam-1"}""", Write(new WatchRequest("cam-1")));
        Assert.Equal("""{"session_id":"s","reason":"timeout"}""", Write(new WatchEnded("s", WatchEndReasons.Timeout)));
        Assert.Equal("{}", Write(new Heartbeat()));
    }

    [Fact]
    public void Ice_servers_never_carry_null_because_browsers_read_it_as_a_name()
    {
        Assert.Equal(
            """{"session_id":"s","ice_servers":[{"urls":["stun:a"]},{"urls":["turn:b"],"username":"u","credential":"c"}]}""",
            Write(new WatchReady("s", [new IceServer(["stun:a"]), new IceServer(["turn:b"], "u", "c")]))
        );
    }

    [Fact]
    public void Candidates_keep_the_browsers_names_and_the_end_is_null()
    {
        Assert.Equal(
            """{"session_id":"s","candidate":{"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0}}""",
            Write(new SignalIce("s", new IceCandidateInit("candidate:1", "0", 0)))
        );
        Assert.Equal("""{"session_id":"s","candidate":null}""", Write(new SignalIce("s", null)));
    }

    [Fact]
    public void The_description_is_called_sdp_inside_sdp()
    {
        Assert.Equal("""{"session_id":"s","sdp":{"type":"offer","sdp":"v=0"}}""", Write(new SignalSdp("s", new Sdp("offer", "v=0"))));
    }

    [Fact]
    public void An_envelope_reads_in_any_order_and_skips_what_it_does_not_know()
    {
        Envelope envelope = JsonSerializer.Deserialize(
            """{"payload":{"token":"t"},"more":[1,{"a":2}],"request_id":"7","type":"hello"}""",
            SignalingJson.Default.Envelope
        )!;
        Assert.Equal("hello", envelope.Type);
        Assert.Equal("7", envelope.RequestId);
        Assert.Equal("t", envelope.Payload.Deserialize(SignalingJson.Default.ViewerHello)!.Token);
    }

    [Fact]
    public void Short_fingerprints_are_eight_pairs()
    {
        Assert.Equal("E3:B0:C4:42:98:FC:1C:14", DeviceProof.ShortFingerprint([]));
    }

    private static string Write<T>(T value) =>
        JsonSerializer.Serialize(value, (JsonTypeInfo<T>)SignalingJson.Default.GetTypeInfo(typeof(T))!);
}
