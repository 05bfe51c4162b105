// Viewers whose networks let no UDP through: they connect to our TCP port, or we to theirs; strangers at the port are bounded.
using System.Net;
using System.Net.Sockets;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Ice;

namespace Mumu.Media.Tests.WebRtc.Tcp;

public sealed class TcpTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_frame_arrives_over_tcp(bool viewerConnects)
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await JoinAsync(rig, crowd, viewerConnects, isUdpCut: true);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 75, "The frames did not come.");

        var frames = viewer.Frames;
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
        Assert.Equal((uint)frames.Count, frames[^1].Number - frames[0].Number + 1);
        Assert.Equal(viewerConnects ? TcpLinks.Active : TcpLinks.Passive, viewer.Selected!.Value.Base);
        Assert.Equal(default, session.Statistics.Drops);

        viewer.Leave();
        await crowd.WaitAsync(() => rig.Engine.Viewers == 0, "Leaving was not seen.");
        await crowd.WaitAsync(() => viewer.Tcp!.Count == 0, "The connection was not closed.");
    }

    [Fact]
    public async Task Leaving_from_our_side_is_heard_over_tcp()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await JoinAsync(rig, crowd, viewerConnects: true, isUdpCut: true);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 10, "The frames did not come.");
        await session.CloseAsync();
        await crowd.WaitAsync(() => viewer.Peer.End == Protocols.WebRtc.PeerEnd.RemoteClosed, "The good-bye was not heard.");
    }

    [Fact]
    public async Task A_connection_that_is_not_needed_is_closed_and_the_stream_goes_on()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, _) = await JoinAsync(rig, crowd, viewerConnects: true, isUdpCut: false);
        await crowd.WaitAsync(() => viewer.Tcp!.Count == 1, "No connection came about.");
        await crowd.WaitAsync(() => viewer.Tcp!.Count == 0, "The connection stayed.", 30);
        var count = viewer.Frames.Count;
        await crowd.WaitAsync(() => viewer.Frames.Count > count + 30, "The stream did not go on.");
        Assert.Equal(0, viewer.Selected!.Value.Base);
    }

    [Fact]
    public async Task A_broken_connection_is_made_again_and_the_session_lives()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, _) = await JoinAsync(rig, crowd, viewerConnects: false, isUdpCut: true);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 30, "The frames did not come.");
        viewer.BreakTcp();
        var count = viewer.Frames.Count;
        await crowd.WaitAsync(() => viewer.Frames.Count > count + 60, "The stream did not go on.");
        Assert.Equal(1, rig.Engine.Viewers);
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_port_and_no_candidate()
    {
        await using var rig = new Rig(options => options with { Tcp = false });
        using var crowd = new Crowd();
        var (_, session) = await crowd.JoinAsync(rig);
        Assert.DoesNotContain("tcptype", session.AnswerSdp, StringComparison.Ordinal);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Loopback, rig.Engine.Ports[0]));
    }

    [Fact]
    public async Task A_taken_port_leaves_udp()
    {
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        first.Listen();
        await using var rig = new Rig(options => options with { Port = ((IPEndPoint)first.LocalEndPoint!).Port, Loops = 1 });
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        Assert.DoesNotContain("tcptype", session.AnswerSdp, StringComparison.Ordinal);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 10, "The frames did not come.");
    }

    [Fact]
    public async Task Strangers_at_the_port_are_few_short_and_hurt_nobody()
    {
        await using var rig = new Rig(options => options with { Loops = 1 });
        using var crowd = new Crowd();
        var endPoint = new IPEndPoint(IPAddress.Loopback, rig.Engine.Ports[0]);
        var silent = new List<Socket>();
        for (var i = 0; i < 40; i++)
        {
            silent.Add(Connect(endPoint));
        }
        // Sixteen of one address may wait; the others are closed at once.
        await crowd.WaitAsync(() => silent.Count(IsClosed) == 40 - 16, "Too many or too few may wait.");
        await crowd.WaitAsync(() => silent.All(IsClosed), "The silent ones stayed.");

        foreach (var junk in new byte[][] { [0, 0], [0xFF, 0xFF], [0, 20, .. new byte[20]], [0, 100, .. Check("nobody", 100)] })
        {
            using var socket = Connect(endPoint);
            socket.Send(junk);
            await crowd.WaitAsync(() => IsClosed(socket), $"Junk of {junk.Length} bytes was kept.");
        }

        var (viewer, session) = await JoinAsync(rig, crowd, viewerConnects: true, isUdpCut: true);
        var ufrag = session.AnswerSdp.Split("a=ice-ufrag:")[1].Split('\r')[0];
        var forged = Check(ufrag, 0);
        using (var socket = Connect(endPoint))
        {
            socket.Send([0, (byte)forged.Length, .. forged]);
            await crowd.WaitAsync(() => IsClosed(socket), "A check without a signature was taken.");
        }
        await crowd.WaitAsync(() => viewer.Frames.Count >= 30, "The frames did not come.");
        silent.ForEach(socket => socket.Dispose());
    }

    private static async Task<(TestViewer Viewer, ViewerSession Session)> JoinAsync(
        Rig rig,
        Crowd crowd,
        bool viewerConnects,
        bool isUdpCut
    ) =>
        await crowd.JoinAsync(
            rig,
            viewer => viewer.IsCut = _ => isUdpCut,
            tcp: viewerConnects ? IceTransport.TcpActive : IceTransport.TcpPassive
        );

    private static Socket Connect(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(endPoint);
        return socket;
    }

    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private static byte[] Check(string ufrag, int length)
    {
        var buffer = new byte[200];
        var writer = new Protocols.Stun.StunWriter(
            buffer,
            Protocols.Stun.StunClass.Request,
            Protocols.Stun.StunMethod.Binding,
            new Protocols.Stun.StunTransactionId(1, 2)
        );
        writer.Write(Protocols.Stun.StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes($"{ufrag}:x"));
        return [.. buffer[..writer.Length], .. new byte[Math.Max(0, length - writer.Length)]];
    }
}
