// Tries a camera's address before it is added, and says in words what it found.
using Microsoft.AspNetCore.Http;
using Mumu.Agent.Cameras;
using Mumu.Agent.Settings;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Agent.LocalApi;

/// <summary>Probes cameras, a few at a time.</summary>
internal sealed class CameraProbe(CameraProber prober, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _slots = new(4);

    public async Task<IResult> RunAsync(ProbeCameraRequest request, CancellationToken cancellation)
    {
        var transport = CameraTransport.Auto;
        if (request.Transport is not null && !EnumWords.TryParse(request.Transport, out transport))
        {
            return Problems.BadRequest("The transport is one of: auto, tcp, udp.");
        }
        var camera = new CameraSettings(Url: request.Url, User: request.User, Password: request.Password, Transport: transport);
        foreach (var (_, reason) in SettingsRules.Camera(camera))
        {
            return Problems.BadRequest(reason);
        }
        if (!await _slots.WaitAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false))
        {
            return Problems.Of(StatusCodes.Status429TooManyRequests, "Several cameras are being tried already. Wait a moment.");
        }
        try
        {
            return TypedResults.Json(
                await TryAsync(CameraUrl.SplitUserInfo(camera), cancellation).ConfigureAwait(false),
                SignalingJson.Wire.ProbeResult
            );
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<ProbeResult> TryAsync(CameraSettings camera, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return Found(await prober(camera, either.Token).ConfigureAwait(false));
        }
        catch (SourceException e)
        {
            return new ProbeResult(false, Code: Code(e.Failure), Detail: e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ProbeResult(
                false,
                Code: "unreachable",
                Detail: CameraUrl.IsTransportStream(camera.Url)
                    ? $"Nothing arrived there within {Limit.TotalSeconds:0} s. Does somebody send to that address, and does a firewall let it in?"
                    : $"The camera did not answer at {new Uri(camera.Url!).Authority} within {Limit.TotalSeconds:0} s. Is it switched on and on this network?"
            );
        }
    }

    private static ProbeResult Found(IReadOnlyList<TrackFormat> tracks)
    {
        ProbeTrack[] found = [.. tracks.Select(Show)];
        var video = tracks.FirstOrDefault(t => t.Kind == MediaKind.Video);
        var isPlayable = video is null ? tracks.Count > 0 : video.Codec != Codec.H265;
        var advice = isPlayable
            ? null
            : "This camera sends H.265, which many browsers can't play. Set its stream to H.264, or use its second stream, if it has one.";
        return new ProbeResult(true, found, isPlayable, Detail: advice);
    }

    private static ProbeTrack Show(TrackFormat track)
    {
        var (width, height) = (0, 0);
        if (track.Kind == MediaKind.Video && ParameterSets.TryGetSize(track.Codec, track.Configuration.Span, out var w, out var h))
        {
            (width, height) = (w, h);
        }
        return new ProbeTrack(track.Kind == MediaKind.Video ? "video" : "audio", Name(track.Codec), width, height, 0);
    }

    private static string Name(Codec codec) => codec.ToString().ToUpperInvariant();

    private static string Code(SourceFailure failure) =>
        failure switch
        {
            SourceFailure.WrongPassword => "wrong_password",
            SourceFailure.NoSuchHost => "no_such_host",
            SourceFailure.NotFound => "not_found",
            SourceFailure.UnsupportedCodec => "unsupported_codec",
            SourceFailure.Protocol => "protocol",
            SourceFailure.Stalled => "stalled",
            _ => "unreachable",
        };
}
