// One TCP connection between us and a viewer.
using Mumu.Media.WebRtc.Carriers;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Tcp;

/// <summary>A flow over TCP, on the loop's thread.</summary>
internal sealed class TcpFlow : ICarrierOwner
{
    private readonly Viewer _viewer;

    public TcpFlow(Viewer viewer, FlowId flow, StreamCarrier carrier)
    {
        (_viewer, Flow, Carrier) = (viewer, flow, carrier);
        carrier.Owner = this;
    }

    /// <inheritdoc />
    public Viewer? Viewer => Carrier.Owner is null ? null : _viewer;

    public FlowId Flow { get; }

    public StreamCarrier Carrier { get; }

    /// <inheritdoc />
    public void OnReady(TimeSpan now)
    {
        while (Carrier.TryRead(out var buffer, out var length))
        {
            _viewer.Receive(buffer.AsSpan(0, length), Flow, now);
            Carriers.Carrier.Return(buffer);
        }
    }

    /// <summary>Closes it; what was written last still leaves.</summary>
    public void Close()
    {
        Carrier.Owner = null;
        Carrier.Dispose();
    }
}
