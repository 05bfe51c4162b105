// The body of a WHEP PATCH: candidates in a fragment of SDP.
namespace Mumu.Agent.Whep;

/// <summary>An <c>application/trickle-ice-sdpfrag</c> (RFC 8840, RFC 9725 §4.3.2).</summary>
/// <param name="Ufrag">The ICE generation it speaks of; null if it does not say.</param>
/// <param name="Password">The password of that generation; null if it does not say.</param>
/// <param name="Candidates">Each as RTCIceCandidate.candidate has it.</param>
/// <param name="IsEnd">There will be no more.</param>
internal sealed record SdpFragment(string? Ufrag, string? Password, IReadOnlyList<string> Candidates, bool IsEnd)
{
    private const int MaxCandidates = 64;

    /// <summary>Reads a fragment; lines it does not know are skipped. False if it has too many candidates.</summary>
    public static bool TryParse(string text, out SdpFragment fragment)
    {
        string? ufrag = null;
        string? password = null;
        var candidates = new List<string>();
        var isEnd = false;
        foreach (var range in text.AsSpan().SplitAny('\n', '\r'))
        {
            var line = text.AsSpan(range).Trim();
            if (line.StartsWith("a=candidate:", StringComparison.Ordinal))
            {
                candidates.Add(line[2..].ToString());
            }
            else if (line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))
            {
                ufrag ??= line["a=ice-ufrag:".Length..].ToString();
            }
            else if (line.StartsWith("a=ice-pwd:", StringComparison.Ordinal))
            {
                password ??= line["a=ice-pwd:".Length..].ToString();
            }
            else if (line is "a=end-of-candidates")
            {
                isEnd = true;
            }
        }
        fragment = new SdpFragment(ufrag, password, candidates, isEnd);
        return candidates.Count <= MaxCandidates;
    }
}
