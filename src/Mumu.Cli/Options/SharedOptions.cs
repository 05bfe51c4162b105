// The options that several verbs share: where data lives, where to listen.
using System.CommandLine;
using System.Net;
using Mumu.Agent.Settings;

namespace Mumu.Cli.Options;

/// <summary>One set of option objects a command, and how to read them.</summary>
internal sealed class SharedOptions
{
    private readonly Option<DirectoryInfo?> _data = new("--data")
    {
        Description = "Folder for settings, keys and the database (default: mumu below the user's application data, or $MUMU_DATA).",
    };

    private readonly Option<int> _portOffset = new("--port-offset")
    {
        Description = "Added to every port, so that several programs run on one machine.",
    };

    private readonly Option<string[]> _turnAllow = new("--turn-allow")
    {
        Description =
            "A network that the TURN server may relay to although it is not of the open Internet, for example 192.168.1.0/24; may be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _bind = new("--bind") { Description = "Address to listen on (default: all)." };

    /// <summary>Adds --data.</summary>
    public SharedOptions AddData(Command command)
    {
        command.Options.Add(_data);
        return this;
    }

    /// <summary>Adds --port-offset and --bind.</summary>
    public SharedOptions AddListening(Command command)
    {
        _portOffset.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < -3000 or > 55000)
            {
                result.AddError("--port-offset must keep every port between 1 and 65535: use -3000 to 55000.");
            }
        });
        _bind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IPAddress.TryParse(text, out _))
            {
                result.AddError($"--bind takes an IP address, not \"{text}\". Example: --bind 127.0.0.1");
            }
        });
        command.Options.Add(_portOffset);
        command.Options.Add(_bind);
        return this;
    }

    /// <summary>Adds --turn-allow.</summary>
    public SharedOptions AddTurn(Command command)
    {
        command.Options.Add(_turnAllow);
        return this;
    }

    /// <summary>The data folder, made (for its owner only) when missing.</summary>
    public string DataDirectory(ParseResult parsed)
    {
        var path =
            parsed.GetValue(_data)?.FullName
            ?? Environment.GetEnvironmentVariable("MUMU_DATA")
            ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
                "mumu"
            );
        if (!Directory.Exists(path))
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        return Path.GetFullPath(path);
    }

    /// <summary>The settings of the data folder, with what these options say laid over them.</summary>
    /// <exception cref="SettingsException">They are refused.</exception>
    public SettingsStore OpenSettings(ParseResult parsed, SettingsOverrides overrides, ILogger? logger = null) =>
        SettingsStore.Open(
            DataDirectory(parsed),
            overrides with
            {
                PortOffset = parsed.GetValue(_portOffset),
                Bind = parsed.GetValue(_bind),
                TurnAllow = parsed.GetValue(_turnAllow) ?? [],
            },
            SettingsEnvironment.OfProcess(),
            logger
        );

    /// <summary>The address to listen on; null is all.</summary>
    public IPAddress? Bind(ParseResult parsed) => parsed.GetValue(_bind) is { } text ? IPAddress.Parse(text) : null;
}
