// Why an offer was not answered, when it is not the camera's fault.
namespace Mumu.Media.WebRtc;

/// <summary>The offer can't be answered: it is not SDP, or it asks for nothing that the stream has. The message is a sentence for people.</summary>
public sealed class SdpException(string message) : Exception(message);

/// <summary>The engine has all the viewers it may have. The message is a sentence for people.</summary>
public sealed class ViewerLimitException(string message) : Exception(message);
