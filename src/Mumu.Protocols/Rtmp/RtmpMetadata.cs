// The objects that travel beside the media: metadata and status.
namespace Mumu.Protocols.Rtmp;

/// <summary>Finds and makes them.</summary>
internal static class RtmpMetadata
{
    /// <summary>Finds the members of <c>onMetaData</c> in a data message, with or without <c>@setDataFrame</c> in front.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> payload, out AmfValue metadata)
    {
        metadata = AmfValue.Null;
        if (payload.Length > 0 && payload[0] == 0)
        {
            payload = payload[1..]; // AMF3's byte in front; no data message begins with a number
        }
        if (!AmfReader.TryReadAll(payload, out var values))
        {
            return false;
        }
        var at = values.Count > 0 && values[0].Text == "@setDataFrame" ? 1 : 0;
        if (values.Count < at + 2 || values[at].Text != "onMetaData" || values[at + 1].Kind != AmfKind.Object)
        {
            return false;
        }
        metadata = values[at + 1];
        return true;
    }

    internal static AmfValue Status(string level, string code, string description) =>
        AmfValue.Of(("level", AmfValue.Of(level)), ("code", AmfValue.Of(code)), ("description", AmfValue.Of(description)));
}
