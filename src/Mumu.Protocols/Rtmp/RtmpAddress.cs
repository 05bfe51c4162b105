// An address of RTMP, cut the way servers expect it.
namespace Mumu.Protocols.Rtmp;

/// <summary>Where a client connects and what it asks for there.</summary>
/// <param name="IsTls">RTMPS.</param>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">1–65535.</param>
/// <param name="App">The application: the first segment, the first two of three or more.</param>
/// <param name="Stream">The stream's name with the query; may be empty.</param>
/// <param name="TcUrl">What is said in <c>connect</c>. May hold user and password: never to be logged.</param>
public sealed record RtmpAddress(bool IsTls, string Host, int Port, string App, string Stream, string TcUrl)
{
    /// <summary>RTMP's port.</summary>
    public const int DefaultPort = 1935;

    /// <summary>RTMPS' port.</summary>
    public const int DefaultTlsPort = 443;

    /// <summary>Cuts an address; false where it is none of RTMP.</summary>
    public static bool TryParse(Uri uri, out RtmpAddress address)
    {
        address = null!;
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("rtmp" or "rtmps") || uri.Host.Length == 0)
        {
            return false;
        }
        var isTls = uri.Scheme == "rtmps";
        var port =
            uri.Port > 0 ? uri.Port
            : isTls ? DefaultTlsPort
            : DefaultPort;
        var segments = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0)
        {
            return false;
        }
        var inApp = segments.Length >= 3 ? 2 : 1;
        var app = string.Join('/', segments[..inApp]);
        var stream = string.Join('/', segments[inApp..]) + uri.Query;
        var user = uri.UserInfo.Length > 0 ? uri.UserInfo + "@" : "";
        address = new RtmpAddress(isTls, uri.DnsSafeHost, port, app, stream, $"{uri.Scheme}://{user}{uri.Host}:{port}/{app}");
        return true;
    }

    /// <summary>Scheme, host and port: nothing secret.</summary>
    public override string ToString() => $"{(IsTls ? "rtmps" : "rtmp")}://{Host}:{Port}";
}
