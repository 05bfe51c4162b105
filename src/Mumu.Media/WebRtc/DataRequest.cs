// What other threads ask of a viewer's data channels.
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Media.WebRtc;

/// <summary>A request that travels to the loop, which owns the channels.</summary>
internal abstract record DataRequest
{
    private DataRequest() { }

    /// <summary>There is room for messages again.</summary>
    internal sealed record GoOn : DataRequest;

    /// <summary>A message is to be sent.</summary>
    internal sealed record Send(DataChannel Channel, byte[] Data, bool IsText) : DataRequest;

    /// <summary>A channel is to be opened.</summary>
    internal sealed record Open(DataChannelSetup Setup) : DataRequest;

    /// <summary>A channel is to be closed.</summary>
    internal sealed record Close(DataChannel Channel) : DataRequest;
}
