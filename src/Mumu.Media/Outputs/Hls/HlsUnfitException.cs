// HLS can't serve the stream.
namespace Mumu.Media.Outputs.Hls;

/// <summary>Nothing of the stream can be played as HLS, or it ended before it could; the message is a sentence for people.</summary>
public sealed class HlsUnfitException(string message) : Exception(message);
