// One request at a time, its answer, and the second try that authentication needs.
using System.Globalization;
using System.Text;

namespace Mumu.Protocols.Rtsp;

/// <summary>What an incoming response means for the request in flight.</summary>
internal enum RtspReply
{
    /// <summary>Nothing: provisional, late, or answered by a second try that is on its way.</summary>
    Ignored,

    /// <summary>It is the answer.</summary>
    Final,

    /// <summary>Authentication failed for good.</summary>
    Unauthorized,
}

/// <summary>Numbers, writes and repeats requests. Only one is in flight, so a response with a wrong or no number still finds its request.</summary>
internal sealed class RtspExchange(RtspAuthenticator authenticator, RtspClientOptions options)
{
    private sealed record Request(string Method, string Uri, string Headers, string Body)
    {
        internal int Tries { get; set; }

        internal bool UsesFreshChallenge { get; set; } // the challenge we answer came as the answer to this very request
    }

    private Request? _request;
    private int _number;
    private int? _unanswered; // a request nobody waits for any more, whose answer may still come

    internal RtspOutput Output { get; } = new();

    /// <summary>Id of the session once there is one.</summary>
    internal string? Session { get; set; }

    /// <summary>Method in flight; null when there is none.</summary>
    internal string? Method => _request?.Method;

    /// <summary>When the request in flight has waited too long.</summary>
    internal TimeSpan? Deadline { get; private set; }

    /// <summary>Sends a request; one in flight is no longer waited for.</summary>
    internal void Send(string method, string uri, string headers, TimeSpan now, string body = "")
    {
        _unanswered = _request is null ? _unanswered : _number;
        _request = new Request(method, uri, headers, body);
        Write(_request, now);
    }

    /// <summary>Stops waiting for the request in flight.</summary>
    internal void Abandon()
    {
        _unanswered = _request is null ? _unanswered : _number;
        (_request, Deadline) = (null, null);
    }

    internal RtspReply Take(RtspMessage response, TimeSpan now)
    {
        if (_unanswered is not null && response.CSeq == _unanswered)
        {
            _unanswered = null;
            return RtspReply.Ignored;
        }
        if (_request is not { } request || response.Status < 200)
        {
            return RtspReply.Ignored;
        }
        if (response.Status != 401)
        {
            (_request, Deadline) = (null, null);
            return RtspReply.Final;
        }
        var canAnswer = authenticator.TryTake(response.GetAll("WWW-Authenticate"), out var isStale) && authenticator.HasCredentials;
        if (!canAnswer || (request.UsesFreshChallenge && !isStale) || request.Tries >= 3)
        {
            (_request, Deadline) = (null, null);
            return RtspReply.Unauthorized;
        }
        request.UsesFreshChallenge = true;
        Write(request, now);
        return RtspReply.Ignored;
    }

    /// <summary>Answers a request of the server.</summary>
    internal void Respond(RtspMessage request)
    {
        var status = request.Method is "OPTIONS" or "GET_PARAMETER" or "SET_PARAMETER" or "REDIRECT" ? "200 OK" : "501 Not Implemented";
        var number = request.CSeq ?? 0;
        Output.Add(string.Create(CultureInfo.InvariantCulture, $"RTSP/1.0 {status}\r\nCSeq: {number}\r\n\r\n"));
    }

    private void Write(Request request, TimeSpan now)
    {
        request.Tries++;
        var text = new StringBuilder(300).Append(
            CultureInfo.InvariantCulture,
            $"{request.Method} {request.Uri} RTSP/1.0\r\nCSeq: {++_number}\r\nUser-Agent: {options.UserAgent}\r\n"
        );
        if (Session is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Session: {Session}\r\n");
        }
        if (authenticator.Authorize(request.Method, request.Uri) is { } authorization)
        {
            text.Append(CultureInfo.InvariantCulture, $"Authorization: {authorization}\r\n");
        }
        if (request.Body.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(request.Body)}\r\n");
        }
        Output.Add(text.Append(request.Headers).Append("\r\n").Append(request.Body).ToString());
        Deadline = now + options.RequestTimeout;
    }
}
