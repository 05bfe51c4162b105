// A connection to the RTSP server, for lists.
using System.Net;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>A connection at one moment.</summary>
/// <param name="Id">A random name.</param>
/// <param name="Remote">Where it comes from.</param>
/// <param name="IsTls">True for RTSPS.</param>
/// <param name="Since">When it was made.</param>
/// <param name="BytesReceived">Bytes read from it.</param>
/// <param name="BytesSent">Bytes written to it.</param>
public sealed record RtspConnectionInfo(Guid Id, IPEndPoint Remote, bool IsTls, DateTimeOffset Since, long BytesReceived, long BytesSent);
