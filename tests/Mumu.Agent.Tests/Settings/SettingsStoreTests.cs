// The settings file: first start, edits that keep comments, reloads, overrides.
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Settings;

public sealed class SettingsStoreTests : IDisposable
{
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    private const string Commented = """
        // My cameras, do not touch
        {
          "cameras": {
            // the door
            "door": { "url": "rtsp://door/1" }, // old one
            // the yard
            "yard": { "url": "rtsp://yard/1" } /* the last */
          },
          "ports": { "web": 8081 /* behind nginx */ },
        }
        // the end

        """;

    [Fact]
    public void A_first_start_writes_a_file_with_a_simulator_and_the_schema_beside_it()
    {
        var store = _data.Open();
        Assert.Equal(CameraSourceKind.Simulator, Assert.Single(store.Current.Cameras).Value.Source);
        Assert.Contains("\"$schema\": \"./mumu.schema.json\"", _data.ReadSettings(), StringComparison.Ordinal);
        Assert.Equal(SettingsSchema.Read(), File.ReadAllBytes(_data.File(SettingsSchema.FileName)));
    }

    [Fact]
    public void An_added_camera_leaves_every_other_byte()
    {
        var store = _data.Open(Commented);
        store.SetCamera("porch", new CameraSettings("Vordertür", Url: "rtsp://porch/1"));
        var expected = Commented.Replace(
            "\"yard\": { \"url\": \"rtsp://yard/1\" } /* the last */",
            """
            "yard": { "url": "rtsp://yard/1" },
                "porch": {
                  "name": "Vordertür",
                  "url": "rtsp://porch/1",
                  "onDemand": true
                } /* the last */
            """.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
        Assert.Equal(expected, _data.ReadSettings());
        Assert.Equal(["door", "yard", "porch"], store.Current.Cameras.Keys);
    }

    [Fact]
    public void A_changed_camera_leaves_every_other_byte()
    {
        var store = _data.Open(Commented);
        store.SetCamera("door", new CameraSettings(Url: "rtsp://door/2", OnDemand: false));
        var expected = Commented.Replace(
            "{ \"url\": \"rtsp://door/1\" }",
            "{\n      \"url\": \"rtsp://door/2\",\n      \"onDemand\": false\n    }",
            StringComparison.Ordinal
        );
        Assert.Equal(expected, _data.ReadSettings());
    }

    [Theory]
    [InlineData("door", "// old one")]
    [InlineData("yard", "/* the last */")]
    public void A_removed_camera_leaves_the_comments(string id, string comment)
    {
        var store = _data.Open(Commented);
        store.RemoveCamera(id);
        Assert.DoesNotContain(id, store.Current.Cameras.Keys);
        Assert.Single(store.Current.Cameras);
        foreach (
            var kept in new[] { comment, "// My cameras, do not touch", "// the door", "// the yard", "/* behind nginx */", "// the end" }
        )
        {
            Assert.Contains(kept, _data.ReadSettings(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{ }")]
    [InlineData("{ // nothing yet\n}")]
    [InlineData("{ \"cameras\": {} }")]
    [InlineData("{ \"cameras\": { /* none */ }, }")]
    [InlineData("{ \"cameras\": null }")]
    [InlineData("\uFEFF{ \"ports\": { \"web\": 1 }, }")]
    public void Cameras_come_and_go_in_any_file(string text)
    {
        var store = _data.Open(text);
        store.SetCamera("a", new CameraSettings(Url: "rtsp://a/1"));
        store.SetCamera("b", new CameraSettings(Url: "rtsp://b/1"));
        store.SetCamera("a", new CameraSettings(Url: "rtsp://a/2"));
        Assert.Equal(["a", "b"], store.Current.Cameras.Keys);
        Assert.Equal("rtsp://a/2", store.Current.Cameras["a"].Url);
        store.RemoveCamera("a");
        store.RemoveCamera("b");
        store.RemoveCamera("never");
        Assert.Empty(store.Current.Cameras);
        Assert.Empty(SettingsText.Parse(File.ReadAllBytes(_data.SettingsPath), "f").Cameras);
    }

    [Fact]
    public async Task Edits_from_many_sides_are_all_kept()
    {
        var store = _data.Open(Commented);
        var edits = Enumerable.Range(0, 40).Select(i => Task.Run(() => store.SetCamera($"c{i}", new CameraSettings(Url: $"rtsp://c/{i}"))));
        await Task.WhenAll(edits);
        // Someone edits by hand, and before the watcher has seen it the API changes something else.
        _data.WriteSettings(_data.ReadSettings().Replace("8081", "8082 /* by hand */", StringComparison.Ordinal));
        store.SetCamera("last", new CameraSettings(Url: "rtsp://last"));
        Assert.Equal(43, store.Current.Cameras.Count);
        Assert.Equal(8082, store.Current.Ports.Web);
        Assert.Contains("8082 /* by hand */", _data.ReadSettings(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_file_is_in_force_after_the_next_look()
    {
        var store = _data.Open(Commented);
        var seen = new List<int>();
        store.Changed += s => seen.Add(s.Cameras.Count);
        Assert.False(store.Reload());
        _data.WriteSettings("{ \"cameras\": { \"one\": { \"url\": \"rtsp://one\" } } }");
        Assert.True(store.Reload());
        Assert.Equal([1], seen);
    }

    [Fact]
    public void A_file_with_a_mistake_changes_nothing_and_is_never_written_over()
    {
        var store = _data.Open(Commented);
        var broken = Commented.Replace("\"ports\"", "\"prots\"", StringComparison.Ordinal);
        _data.WriteSettings(broken);
        Assert.False(store.Reload());
        Assert.Equal(2, store.Current.Cameras.Count);
        Assert.Equal(9, store.Problem?.Line);
        Assert.Throws<SettingsException>(() => store.SetCamera("x", new CameraSettings(Url: "rtsp://x")));
        Assert.Equal(broken, _data.ReadSettings());
        _data.WriteSettings(Commented);
        store.Reload();
        Assert.Null(store.Problem);
    }

    [Fact]
    public void A_refused_camera_changes_nothing()
    {
        var store = _data.Open(Commented);
        Assert.Throws<SettingsException>(() => store.SetCamera("x", new CameraSettings(Url: "exec:rm")));
        Assert.Equal(Commented, _data.ReadSettings());
        Assert.Equal(["mumu.json", "mumu.schema.json"], Directory.GetFiles(_data.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_file_that_holds_a_password_is_for_its_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }
        var store = _data.Open(Commented);
        File.SetUnixFileMode(_data.SettingsPath, (UnixFileMode)0b110_100_100);
        store.SetCamera("a", new CameraSettings(Url: "rtsp://a"));
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(_data.SettingsPath));
        store.SetCamera("b", new CameraSettings(Url: "rtsp://me:geheim@b"));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_data.SettingsPath));
        Assert.Equal("geheim", store.Current.Cameras["b"].Password);

        _data.WriteSettings("{ \"hub\": { \"turn\": { \"urls\": [\"turn:x\"], \"secret\": \"s\" } } }");
        File.SetUnixFileMode(_data.SettingsPath, (UnixFileMode)0b110_100_100);
        store.Reload();
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_data.SettingsPath));
    }

    [Fact]
    public void A_link_to_the_file_stays_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        var target = _data.File("elsewhere.json");
        File.WriteAllText(target, "{}");
        File.CreateSymbolicLink(_data.SettingsPath, target);
        var store = _data.Open();
        store.SetCamera("a", new CameraSettings(Url: "rtsp://a"));
        Assert.Equal(target, new FileInfo(_data.SettingsPath).LinkTarget);
        Assert.Contains("rtsp://a", File.ReadAllText(target), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        _data.WriteSettings("{ \"hub\": { \"url\": \"https://file\" }, \"device\": { \"name\": \"file\" }, \"ports\": { \"web\": 81 } }");
        var environment = new Dictionary<string, string>
        {
            ["BACKEND_URL"] = "ws://old:8000",
            ["MUMU_HUB_URL"] = "https://environment",
            ["MUMU_DEVICE_NAME"] = "environment",
            ["DEVICE_ID"] = "cam-1",
            ["MUMU_WEBRTC_STUN"] = "stun:a, stun:b",
            ["VIDEO_SOURCE"] = "fake",
            ["PATH"] = "/bin",
        };
        var store = _data.Open(
            new SettingsOverrides
            {
                HubUrl = "https://line",
                PortOffset = 100,
                Cameras = new Dictionary<string, string> { ["front"] = "rtsp://me:geheim@front/1" },
            },
            environment
        );
        Assert.Equal("https://line", store.Current.Hub.Url);
        Assert.Equal(new DeviceSettings("cam-1", "environment"), store.Current.Device);
        Assert.Equal(new PortSettings(181, 8989, 8100, 8654, 8422, 10097, 10098, 2035, 2036, 8988), store.Current.Ports);
        Assert.Equal(8289, store.Current.WebRtc.Port);
        Assert.Equal(["stun:a", "stun:b"], store.Current.WebRtc.Stun);
        Assert.Equal(["front", "simulator"], store.Current.Cameras.Keys);
        Assert.True(store.IsOverridden("front"));
        store.SetCamera("yard", new CameraSettings(Url: "rtsp://yard"));
        Assert.False(store.IsOverridden("yard"));
        Assert.DoesNotContain("front", _data.ReadSettings(), StringComparison.Ordinal);
        Assert.Contains("front", store.Current.Cameras.Keys);
        environment.Remove("MUMU_HUB_URL");
        Assert.Equal("http://old:8000", _data.Open(null, environment).Current.Hub.Url);
    }

    [Theory]
    [InlineData("MUMU_WEBRTC_PORT", "many", "whole number")]
    [InlineData("MUMU_WEBRTC_PORT", "70000", "1–65535")]
    [InlineData("MUMU_HUB_REGISTRATION", "maybe", "open, closed")]
    [InlineData("BACKEND_URL", "gopher://x", "https:// or http://")]
    [InlineData("DEVICE_ID", "a b", "device id")]
    [InlineData("VIDEO_SOURCE", "webcam", "USB capture")]
    [InlineData("VIDEO_SOURCE", "tv", "fake, webcam, camera")]
    public void A_refused_variable_is_named(string name, string value, string reason)
    {
        var refusal = Assert.Throws<SettingsException>(() => _data.Open(null, new() { [name] = value }));
        Assert.Equal((name, 0), (refusal.Place, refusal.Line));
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_option_is_named()
    {
        var cameras = new Dictionary<string, string> { ["front"] = "exec:rm" };
        Assert.Equal(
            "--camera front",
            Assert.Throws<SettingsException>(() => _data.Open(new SettingsOverrides { Cameras = cameras })).Place
        );
        Assert.Equal("--hub", Assert.Throws<SettingsException>(() => _data.Open(new SettingsOverrides { HubUrl = "x" })).Place);
        Assert.Equal(
            "--port-offset",
            Assert.Throws<SettingsException>(() => _data.Open(new SettingsOverrides { PortOffset = 60_000 })).Place
        );
        Assert.Equal("--camera", Assert.Throws<SettingsException>(() => SettingsOverrides.ParseCamera("rtsp://x")).Place);
        Assert.Equal(("a", "rtsp://x?y=z"), SettingsOverrides.ParseCamera("a=rtsp://x?y=z"));
    }
}
