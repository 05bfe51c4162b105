// Starts the viewers written on other people's WebRTC: GStreamer's webrtcbin, pion, werift.
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.Interop.Tests.WebRtc;

internal static class Peers
{
    private static readonly string s_clients = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "WebRtc", "Clients");

    /// <summary>Where <c>./test</c> puts what it has built of the clients.</summary>
    private static readonly string s_built = Path.Combine(Repository.Root, "artifacts", "clients");

    public static ClientProgram Start(string peer, string[] arguments) =>
        peer switch
        {
            "gstreamer" => ClientProgram.StartScript(Path.Combine(s_clients, "gstreamer.py"), arguments),
            "gstreamer answers" => ClientProgram.StartScript(Path.Combine(s_clients, "gstreamer_answer.py"), arguments),
            "aiortc" => ClientProgram.StartScript(Path.Combine(s_clients, "answer.py"), arguments),
            "pion" => ClientProgram.StartProgram(Path.Combine(s_built, "pion"), arguments),
            "werift" => ClientProgram.StartProgram("node", [Path.Combine(s_built, "werift", "watch.mjs"), .. arguments]),
            _ => throw new ArgumentOutOfRangeException(nameof(peer), peer, "There is no such client."),
        };
}
