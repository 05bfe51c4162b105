// Drives any number of test viewers on one thread.
using Mumu.Media.WebRtc;
using Mumu.Protocols.Ice;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.Tests.WebRtc;

internal sealed class Crowd : IDisposable
{
    private readonly Thread _thread;
    private volatile TestViewer[] _viewers = [];
    private volatile bool _stopping;
    private volatile Exception? _fault;

    public Crowd()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "crowd" };
        _thread.Start();
    }

    public IReadOnlyList<TestViewer> Viewers => _viewers;

    /// <summary>Connects a viewer to a stream through an engine.</summary>
    public async Task<(TestViewer Viewer, ViewerSession Session)> JoinAsync(
        Rig rig,
        Action<TestViewer>? prepare = null,
        RelayServer[]? relays = null,
        Func<string, string>? change = null,
        ReceivingOptions? receiving = null,
        IceTransport tcp = IceTransport.Udp
    )
    {
        var viewer = new TestViewer(Random.Shared.Next(), receiving, tcp: tcp);
        prepare?.Invoke(viewer);
        var offer = new ViewerOffer(rig.Stream, viewer.Offer, []) { Relays = relays ?? [], AcceptsData = receiving?.Data == true };
        var session = await rig.Engine.AnswerAsync(offer, TestContext.Current.CancellationToken);
        viewer.Accept(change?.Invoke(session.AnswerSdp) ?? session.AnswerSdp);
        Add(viewer);
        return (viewer, session);
    }

    /// <summary>Takes over a viewer that has its answer.</summary>
    public void Add(TestViewer viewer) => _viewers = [.. _viewers, viewer];

    /// <summary>Drops a viewer that has left.</summary>
    public void Forget(TestViewer viewer)
    {
        _viewers = [.. _viewers.Where(other => other != viewer)];
        Thread.Sleep(2); // the thread may still be with it
        viewer.Dispose();
    }

    public Task WaitAsync(Func<bool> condition, string otherwise, double seconds = 20) => WaitAsync(condition, () => otherwise, seconds);

    /// <summary>Waits for a condition; when it does not come, the words are asked for, so that they tell what is known then.</summary>
    public async Task WaitAsync(Func<bool> condition, Func<string> otherwise, double seconds = 20)
    {
        var limit = Environment.TickCount64 + (long)(seconds * 1000);
        while (!condition())
        {
            Assert.Null(_fault);
            if (Environment.TickCount64 >= limit)
            {
                Assert.Fail($"{otherwise()}\n{string.Join('\n', _viewers.AsEnumerable())}");
            }
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        foreach (var viewer in _viewers)
        {
            viewer.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                foreach (var viewer in _viewers)
                {
                    viewer.Turn();
                }
                Thread.Sleep(1);
            }
        }
        catch (Exception fault)
        {
            _fault = fault;
        }
    }
}
