// Writes responses.
using System.Globalization;
using System.Text;

namespace Mumu.Protocols.Rtsp.Server;

/// <summary>Responses on their way to the client (RFC 2326 §7).</summary>
internal sealed class RtspReplies(string serverName)
{
    internal RtspOutput Output { get; } = new();

    internal void Write(RtspMessage? request, int status, string headers = "", string body = "")
    {
        var text = new StringBuilder(256).Append(CultureInfo.InvariantCulture, $"RTSP/1.0 {status} {ReasonOf(status)}\r\n");
        if (request?.CSeq is { } number)
        {
            text.Append(CultureInfo.InvariantCulture, $"CSeq: {number}\r\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"Server: {serverName}\r\n").Append(headers);
        if (body.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }
        Output.Add(text.Append("\r\n").Append(body).ToString());
    }

    /// <summary>What a refusal has to say besides its status.</summary>
    internal static string HeadersOf(RtspMessage request, int status) =>
        status switch
        {
            455 => "Allow: OPTIONS, TEARDOWN\r\n",
            551 => $"Unsupported: {new string([.. (request.Get("Require") ?? "").Where(c => !char.IsControl(c)).Take(100)])}\r\n",
            _ => "",
        };

    private static string ReasonOf(int status) =>
        status switch
        {
            200 => "OK",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            406 => "Not Acceptable",
            408 => "Request Time-out",
            415 => "Unsupported Media Type",
            429 => "Too Many Requests",
            454 => "Session Not Found",
            455 => "Method Not Valid in This State",
            461 => "Unsupported Transport",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            505 => "RTSP Version not supported",
            551 => "Option not supported",
            _ => "Refused",
        };
}
