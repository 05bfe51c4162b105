// The mumu.json of a first start: a simulator, and hints for the rest.
namespace Mumu.Agent.Settings;

/// <summary>The text of a new settings file.</summary>
internal static class SettingsTemplate
{
    public static ReadOnlySpan<byte> Text =>
        """
            // Settings of MuMu Camera. Saved changes come into force at once; comments are kept.
            {
              "$schema": "./mumu.schema.json",

              // Cameras by id. One from your network:
              //   "front": { "name": "Front door", "url": "rtsp://192.168.1.20/stream", "user": "me", "password": "…" }
              "cameras": {
                "simulator": {
                  "name": "Simulator",
                  "source": "simulator"
                }
              }
            }

            """u8;
}
