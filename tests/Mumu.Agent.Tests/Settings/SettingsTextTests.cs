// The text of mumu.json: what is taken, and how a mistake is told.
using System.Text;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Settings;

public sealed class SettingsTextTests
{
    private static MumuSettings Parse(string text) => SettingsText.Parse(Encoding.UTF8.GetBytes(text), "mumu.json");

    [Fact]
    public void Comments_and_trailing_commas_are_fine()
    {
        var settings = Parse(
            """
            // first
            { /* second */
              "cameras": {
                "front": { "url": "rtsp://camera/1", "user": "me", "password": "p", "transport": "udp", "onDemand": false, },
                "sim": { "source": "simulator", "width": 640, "height": 360 },
              },
              "webrtc": { "port": 9000, "stun": ["stun:stun.example:3478"], },
              "hub": { "registration": "closed", "turn": { "urls": ["turn:turn.example"], "secret": "s" } },
              "ports": { "web": 80 },
            } // last
            """
        );
        Assert.Equal(["front", "sim"], settings.Cameras.Keys);
        var front = new CameraSettings(Url: "rtsp://camera/1", User: "me", Password: "p", Transport: CameraTransport.Udp, OnDemand: false);
        Assert.Equal(front, settings.Cameras["front"]);
        Assert.Equal(640, settings.Cameras["sim"].Width);
        Assert.Equal(9000, settings.WebRtc.Port);
        Assert.Equal(["stun:stun.example:3478"], settings.WebRtc.Stun);
        Assert.Equal(HubRegistration.Closed, settings.Hub.Registration);
        Assert.Equal("s", settings.Hub.Turn?.Secret);
        Assert.Equal(new PortSettings(80, 8889), settings.Ports);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{ \"cameras\": null, \"hub\": null, \"webrtc\": { \"stun\": null } }")]
    public void Everything_has_a_default(string text)
    {
        var settings = Parse(text);
        Assert.Empty(settings.Cameras);
        Assert.Equal(8189, settings.WebRtc.Port);
        Assert.Empty(settings.WebRtc.Stun);
        Assert.Null(settings.Hub.Url);
        Assert.Equal(8080, settings.Ports.Web);
    }

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("\n[]", 2, "a group of settings in { }")]
    [InlineData("{\n\"cameras\": {\n\"a\": { \"url\": \"rtsp://x\" }\n", 4, "not valid JSON")]
    [InlineData("{ }\n{ }", 2, "not valid JSON")]
    [InlineData("{\n  \"colour\": 1\n}", 2, "no setting “colour”. Known here: device, cameras, webrtc, hub, ports")]
    [InlineData(
        "{\n\"cameras\": {\n\"a\": {\n\"url\": \"rtsp://x\",\n\"pasword\": \"geheim\" } } }",
        5,
        "no setting “pasword” in “cameras.a”"
    )]
    [InlineData("{\n\"ports\": {},\n\"ports\": {} }", 3, "“ports” is there twice")]
    [InlineData("{\n\"ports\":\n[] }", 3, "“ports” is a group of settings in { }")]
    [InlineData("{\n\"ports\": { \"web\":\n\"80\" } }", 3, "“ports.web” is a whole number")]
    [InlineData("{\n\"ports\": { \"web\": 8.5 } }", 2, "“ports.web” is a whole number")]
    [InlineData("{\n\"ports\": { \"web\": 70000 } }", 2, "1–65535")]
    [InlineData("{\n\"ports\": { \"web\": 99999999999 } }", 2, "whole number")]
    [InlineData("{\n\"ports\": { \"web\": 81,\n \"whep\": 81 } }", 3, "same port")]
    [InlineData("{ \"cameras\": {\n\"a\": { \"onDemand\": 1, \"url\": \"rtsp://x\" } } }", 2, "“cameras.a.onDemand” is true or false")]
    [InlineData("{ \"cameras\": {\n\"a\": { \"transport\": \"sctp\", \"url\": \"rtsp://x\" } } }", 2, "one of: auto, tcp, udp")]
    [InlineData("{ \"cameras\": {\n\"a b\": { \"url\": \"rtsp://x\" } } }", 2, "1–64 letters")]
    [InlineData("{ \"cameras\": {\n\"a\": null } }", 2, "a group of settings")]
    [InlineData("{ \"cameras\": {\n\"a\": {} } }", 2, "needs an address")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"exec:ffmpeg -i x\" } } }", 2, "no spaces")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"exec:ffmpeg\" } } }", 2, "begins with rtsp://")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"file:///etc/passwd\" } } }", 2, "begins with rtsp://")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"rtsp://\" } } }", 2, "not an address")]
    [InlineData("{ \"cameras\": { \"a\": { \"url\": \"rtsp://a/1\",\n\"sub\": \"rtsp://b/1\" } } }", 2, "same host")]
    [InlineData("{ \"cameras\": { \"a\": { \"url\": \"rtsp://a/1\",\n\"sub\": \"rtsp://u:p@a/1\" } } }", 2, "no user or password")]
    [InlineData("{ \"cameras\": { \"a\": { \"source\": \"simulator\",\n\"sub\": \"rtsp://b/1\" } } }", 2, "has an address")]
    [InlineData("{ \"cameras\": { \"a\": { \"source\": \"file\",\n\"file\": \"../x.mp4\" } } }", 2, "folder “media”")]
    [InlineData("{ \"cameras\": { \"a\": { \"url\": \"rtsp://a\",\n\"file\": \"x.mp4\" } } }", 2, "goes with")]
    [InlineData("{ \"transcode\": {\n\"most\": 0 } }", 2, "1–256")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"udp://camera:5000\" } } }", 2, "not an IP address and a port")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"udp://127.0.0.1\" } } }", 2, "not an IP address and a port")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"udp://127.0.0.1:5000/x?y=z\" } } }", 2, "not an IP address")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"udp://239.1.1.1:5000?run=x\" } } }", 2, "only be interface=")]
    [InlineData("{ \"cameras\": { \"a\": {\n\"url\": \"http://\" } } }", 2, "not an address")]
    [InlineData("{ \"cameras\": { \"a\": { \"source\": \"simulator\",\n\"fps\": 500 } } }", 2, "1–120")]
    [InlineData("{ \"cameras\": { \"a\": { \"source\": \"simulator\",\n\"width\": 641 } } }", 2, "even")]
    [InlineData("{ \"webrtc\": {\n\"bind\": \"eth0\" } }", 2, "IP address")]
    [InlineData("{ \"webrtc\": { \"stun\": [\n\"stun:a\",\n\"http://b\" ] } }", 3, "stun:host:port")]
    [InlineData("{ \"webrtc\": { \"stun\": [\n1 ] } }", 2, "a text in quotes")]
    [InlineData("{ \"hub\": {\n\"url\": \"ftp://x\" } }", 2, "https:// or http://")]
    [InlineData("{ \"hub\": {\n\"url\": \"https://me:secret@x\" } }", 2, "no user or password")]
    [InlineData("{ \"hub\": {\n\"turn\": { \"urls\": [\"turn:x\"] } } }", 2, "“secret”")]
    [InlineData("{ \"hub\": { \"iceServers\": [\n{} ] } }", 2, "“urls”")]
    [InlineData("{ \"device\": {\n\"id\": \"a b\" } }", 2, "device id")]
    [InlineData("{ \"turn\": {\n\"port\": 0 } }", 2, "1–65535")]
    [InlineData("{ \"turn\": {\n\"tlsPort\": 3478 } }", 2, "another one")]
    [InlineData("{ \"turn\": {\n\"certificate\": \"a.pem\" } }", 2, "belong together")]
    [InlineData("{ \"turn\": {\n\"bind\": \"eth0\" } }", 2, "IP address")]
    [InlineData("{ \"turn\": {\n\"host\": \"a b\" } }", 2, "host name")]
    [InlineData("{ \"turn\": {\n\"externalAddress\": \"0.0.0.0\" } }", 2, "the Internet sees")]
    [InlineData("{ \"turn\": {\n\"firstRelayPort\": 60000, \"lastRelayPort\": 60000 } }", 2, "at least two")]
    [InlineData("{ \"turn\": {\n\"secret\": \"short\" } }", 2, "at least 16")]
    [InlineData("{ \"turn\": { \"allowedPeers\": [ \"10.0.0.1\",\n\"10.0.0.0/40\" ] } }", 2, "192.168.1.0/24")]
    [InlineData("{ \"turn\": {\n\"maxAllocations\": 0 } }", 2, "1–10000")]
    [InlineData("{ \"turn\": {\n\"kbps\": -1 } }", 2, "no bound")]
    public void A_mistake_is_told_by_line_and_reason(string text, int line, string reason)
    {
        var refusal = Assert.Throws<SettingsException>(() => Parse(text));
        Assert.Equal(line, refusal.Line);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith($"mumu.json, line {line}: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_text_is_refused_and_nothing_else()
    {
        var whole = Encoding.UTF8.GetBytes(
            """{"cameras":{"a":{"url":"rtsp://u:p@h:554/x?y=z","name":"Tür"},"s":{"source":"simulator","fps":5}},"hub":{"iceServers":[{"urls":["stun:a"]}]}}"""
        );
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<SettingsException>(() => SettingsText.Parse(whole.AsSpan(0, length), "f"));
        }
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }
            try
            {
                SettingsText.Parse(damaged, "f");
            }
            catch (SettingsException)
            {
                // As it should be; any other exception fails the test.
            }
        }
    }

    [Fact]
    public void Nothing_printed_of_settings_holds_a_secret()
    {
        var settings = Parse(
            """
            { "cameras": { "a": { "url": "rtsp://me:geheim@h/x?password=geheim", "password": "geheim" } },
              "hub": { "turn": { "urls": ["turn:x"], "secret": "geheim" }, "iceServers": [{ "urls": ["turn:y"], "credential": "geheim" }] } }
            """
        );
        foreach (
            var shown in new object[] { settings.Cameras["a"], settings.Hub, settings.Hub.Turn!, settings.Hub.IceServers[0], settings }
        )
        {
            Assert.DoesNotContain("geheim", shown.ToString(), StringComparison.Ordinal);
        }
        var clean = CameraUrl.SplitUserInfo(settings.Cameras["a"] with { Password = null });
        Assert.Equal(("me", "geheim", "rtsp://h/x?password=geheim"), (clean.User, clean.Password, clean.Url));
    }
}
