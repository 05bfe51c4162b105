// The options of an agent: cameras, hub, device id; with the names the first generation's agents used.
using System.CommandLine;
using Mumu.Agent.Settings;

namespace Mumu.Cli.Options;

internal sealed class AgentCommandOptions
{
    private readonly Option<string[]> _cameras = new("--camera")
    {
        Description = "A camera as NAME=ADDRESS, for example front=rtsp://192.168.1.20/stream; may be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _hub = new("--hub", "--backend")
    {
        Description = "The hub to report to, for example https://cameras.example.",
    };
    private readonly Option<string?> _deviceId = new("--device-id") { Description = "The device's id (default: made from its key)." };
    private readonly Option<string?> _deviceName = new("--device-name")
    {
        Description = "The device's name until its owner gives another.",
    };
    private readonly Option<string?> _videoSource = new("--video-source") { Description = "fake: add the simulator." };

    /// <summary>Adds all of them.</summary>
    public AgentCommandOptions AddTo(Command command)
    {
        command.Options.Add(_cameras);
        command.Options.Add(_hub);
        command.Options.Add(_deviceId);
        command.Options.Add(_deviceName);
        command.Options.Add(_videoSource);
        return this;
    }

    /// <summary>What was given, as overrides of the settings.</summary>
    /// <exception cref="SettingsException">A camera is not of the form NAME=ADDRESS.</exception>
    public SettingsOverrides Overrides(ParseResult parsed) =>
        new()
        {
            HubUrl = parsed.GetValue(_hub),
            DeviceId = parsed.GetValue(_deviceId),
            DeviceName = parsed.GetValue(_deviceName),
            VideoSource = parsed.GetValue(_videoSource),
            Cameras = (parsed.GetValue(_cameras) ?? []).Select(SettingsOverrides.ParseCamera).ToDictionary(c => c.Id, c => c.Url),
        };
}
