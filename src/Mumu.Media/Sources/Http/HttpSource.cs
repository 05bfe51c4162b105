// A stream over plain HTTP: motion JPEG, single pictures, or an MPEG transport stream; the answer's Content-Type says which.
using Mumu.Media.Sources.MpegTs;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mjpeg;

namespace Mumu.Media.Sources.Http;

/// <summary>Reads a stream over HTTP. Each JPEG picture becomes a unit, timed by its arrival; a transport stream has its own times.</summary>
/// <param name="options">Which one.</param>
/// <param name="time">The clock of its waits and of pictures.</param>
public sealed class HttpSource(HttpSourceOptions options, TimeProvider time) : ISource
{
    private const int MaxPicture = MixedReplaceReader.MaxPart;

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        using var http = new SourceHttp(options, time);
        using var answer = await http.GetAsync(options.Uri, cancellation).ConfigureAwait(false);
        var type = answer.Content.Headers.TryGetValues("Content-Type", out var values) ? values.FirstOrDefault() ?? "" : "";
        var kind = type.Split(';')[0].Trim().ToLowerInvariant();
        var where = SourceHttp.Where(options.Uri);
        if (MixedReplaceReader.BoundaryOf(type) is { } boundary)
        {
            await ReadPartsAsync(answer, new MixedReplaceReader(boundary), new JpegIntake(sink, time), cancellation).ConfigureAwait(false);
        }
        else if (kind is "image/jpeg" or "image/jpg")
        {
            await PollAsync(http, answer, new JpegIntake(sink, time), cancellation).ConfigureAwait(false);
        }
        else if (kind is "video/mp2t" or "video/mpeg" or "video/mpegts" or "video/vnd.dlna.mpeg-tts" or "application/octet-stream" or "")
        {
            await ReadTransportAsync(answer, new TsIntake(sink), cancellation).ConfigureAwait(false);
        }
        else
        {
            throw new SourceException(
                SourceFailure.UnsupportedCodec,
                $"{where} gives “{Shown(kind)}”, which is no stream. It may be motion JPEG (multipart/x-mixed-replace), JPEG pictures or an MPEG transport stream."
            );
        }
    }

    /// <inheritdoc />
    public void RequestKeyFrame()
    {
        // Every JPEG picture is one, and a transport stream has no way back.
    }

    private async Task ReadPartsAsync(
        HttpResponseMessage answer,
        MixedReplaceReader reader,
        JpegIntake intake,
        CancellationToken cancellation
    )
    {
        await ReadAsync(
                answer,
                bytes =>
                {
                    reader.Receive(bytes);
                    while (reader.TryRead(out var picture))
                    {
                        intake.Publish(picture);
                    }
                    if (reader.IsBroken || (reader.Skipped > 20 && !intake.HasPictures))
                    {
                        throw new SourceException(
                            SourceFailure.Protocol,
                            $"{SourceHttp.Where(options.Uri)} sends parts that are no JPEG pictures."
                        );
                    }
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private async Task ReadTransportAsync(HttpResponseMessage answer, TsIntake intake, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        await ReadAsync(
                answer,
                bytes =>
                {
                    intake.Receive(bytes, time.GetElapsedTime(0));
                    if (!intake.HasTracks && time.GetElapsedTime(begin) > options.StallTimeout)
                    {
                        throw intake.Problem(SourceHttp.Where(options.Uri))!;
                    }
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private delegate void Taker(ReadOnlySpan<byte> bytes);

    /// <summary>Reads the body to its end, which is a failure: these streams have none.</summary>
    private async Task ReadAsync(HttpResponseMessage answer, Taker take, CancellationToken cancellation)
    {
        var where = SourceHttp.Where(options.Uri);
        using var limit = new CancellationTokenSource(options.StallTimeout, time);
        using var stop = cancellation.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        var buffer = new byte[64 * 1024];
        try
        {
            var body = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                for (int read; (read = await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false)) > 0; )
                {
                    limit.CancelAfter(options.StallTimeout);
                    take(buffer.AsSpan(0, read));
                }
            }
        }
        catch (OperationCanceledException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new SourceException(SourceFailure.Stalled, $"{where} has stopped sending.", error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new SourceException(SourceFailure.Stalled, $"The connection to {where} broke.", error);
        }
        throw new SourceException(SourceFailure.Stalled, $"{where} ended its stream.");
    }

    private async Task PollAsync(SourceHttp http, HttpResponseMessage first, JpegIntake intake, CancellationToken cancellation)
    {
        var answer = first;
        while (true)
        {
            using (answer)
            {
                intake.Publish(await PictureAsync(answer, cancellation).ConfigureAwait(false));
            }
            await Task.Delay(options.PollInterval, time, cancellation).ConfigureAwait(false);
            answer = await http.GetAsync(options.Uri, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> PictureAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var picture = new MemoryStream();
        try
        {
            await ReadAsync(
                    answer,
                    bytes =>
                    {
                        if (picture.Length + bytes.Length > MaxPicture)
                        {
                            throw new SourceException(
                                SourceFailure.Protocol,
                                $"The picture of {SourceHttp.Where(options.Uri)} is larger than {MaxPicture >> 20} MiB."
                            );
                        }
                        picture.Write(bytes);
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        }
        catch (SourceException end) when (end is { Failure: SourceFailure.Stalled, InnerException: null })
        {
            // A single picture does end.
        }
        var bytes = picture.ToArray();
        return JpegHeader.IsWhole(bytes)
            ? bytes
            : throw new SourceException(
                SourceFailure.Protocol,
                $"{SourceHttp.Where(options.Uri)} says it gives a JPEG picture, but does not."
            );
    }

    private static string Shown(string kind) => kind.Length <= 60 ? kind : kind[..60] + "…";
}
