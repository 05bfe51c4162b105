// What the server says to commands.
namespace Mumu.Protocols.Rtmp;

/// <summary>Writes the server's answers.</summary>
internal sealed class RtmpReplies(RtmpLink link)
{
    internal void Connected(AmfValue transaction)
    {
        link.SendLimits();
        link.SendCommand(
            0,
            AmfValue.Of("_result"),
            transaction,
            AmfValue.Of(("fmsVer", AmfValue.Of("FMS/3,5,1,1")), ("capabilities", AmfValue.Of(31))),
            RtmpMetadata.Status("status", "NetConnection.Connect.Success", "Connected.")
        );
    }

    internal void Result(AmfValue transaction, AmfValue value) =>
        link.SendCommand(0, AmfValue.Of("_result"), transaction, AmfValue.Null, value);

    internal void Publishing()
    {
        link.SendEvent(0, RtmpServer.StreamId); // stream begins
        Status("status", "NetStream.Publish.Start", "Publishing.");
    }

    internal void Playing()
    {
        link.SendEvent(0, RtmpServer.StreamId);
        Status("status", "NetStream.Play.Reset", "Playing anew.");
        Status("status", "NetStream.Play.Start", "Playing.");
        link.SendData(RtmpServer.StreamId, AmfValue.Of("|RtmpSampleAccess"), AmfValue.Of(true), AmfValue.Of(true));
    }

    internal void Status(string level, string code, string description) =>
        link.SendCommand(
            RtmpServer.StreamId,
            AmfValue.Of("onStatus"),
            AmfValue.Of(0),
            AmfValue.Null,
            RtmpMetadata.Status(level, code, description)
        );

    /// <summary>Answers a command that changes nothing here.</summary>
    internal void Other(string name, AmfValue transaction, AmfValue argument)
    {
        switch (name)
        {
            case "FCPublish":
                var status = RtmpMetadata.Status("status", "NetStream.Publish.Start", "");
                link.SendCommand(0, AmfValue.Of("onFCPublish"), AmfValue.Of(0), AmfValue.Null, status);
                break;
            case "pause":
                Status("status", argument.Boolean ? "NetStream.Pause.Notify" : "NetStream.Unpause.Notify", "A live stream goes on.");
                return;
            case "getStreamLength":
                Result(transaction, AmfValue.Of(0));
                return;
        }
        if (transaction.Number != 0 && name is not ("_result" or "_error" or "onStatus"))
        {
            Result(transaction, AmfValue.Null);
        }
    }
}
