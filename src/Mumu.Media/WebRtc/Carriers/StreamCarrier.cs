// A TCP or TLS connection that carries messages, with bounded queues both ways.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mumu.Media.WebRtc.Relays;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Carriers;

/// <summary>
/// A stream whose messages the loop writes into a queue and a task sends. The queue is short: media that finds it full waits in the stream's ring, like media that finds a socket full;
/// control messages have a little more room, and are lost beyond it.
/// </summary>
internal sealed class StreamCarrier : Carrier
{
    /// <summary>The most bytes of one message: a queue of few large ones would be a long one.</summary>
    public const int MaxMessageBytes = 16 * 1024;

    private const int MediaBytes = 64 * 1024;
    private const int ControlBytes = 96 * 1024;
    private const int ReadBytes = 4096;
    private const int ProtocolTcp = 6;
    private const int TcpNotSentLowWater = 25;
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_connectPatience = TimeSpan.FromSeconds(10);

    private readonly Pipe _out = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));
    private readonly StreamFraming _framing;
    private readonly Func<CancellationToken, Task<Stream>> _open;
    private readonly Func<Exception, string> _explain;
    private int _queued;

    private StreamCarrier(
        StreamFraming framing,
        Func<CancellationToken, Task<Stream>> open,
        Func<Exception, string> explain,
        Func<LoopCommand, bool> post
    )
        : base(post)
    {
        (_framing, _open, _explain) = (framing, open, explain);
        Run(RunAsync);
    }

    /// <summary>Begins a connection to a TURN server; messages may be written before it stands.</summary>
    public static StreamCarrier ToServer(RelayTarget target, RelayContext context) =>
        new(
            StreamFraming.Turn,
            cancellation => OpenAsync(target, context.Roots, cancellation),
            fault => Explain(target.Url, fault),
            context.Post
        );

    /// <summary>Begins a connection to a viewer that listens.</summary>
    public static StreamCarrier ToPeer(TransportAddress peer, Func<LoopCommand, bool> post) =>
        new(
            StreamFraming.LengthPrefixed,
            async cancellation => await ConnectAsync([peer], cancellation).ConfigureAwait(false),
            ExplainPeer,
            post
        );

    /// <summary>Takes over a connection that a viewer made.</summary>
    public static StreamCarrier Of(Stream stream, Func<LoopCommand, bool> post) =>
        new(StreamFraming.LengthPrefixed, _ => Task.FromResult(stream), ExplainPeer, post);

    /// <summary>Room for a message; empty if the queue is full.</summary>
    public Span<byte> Reserve(int bytes, bool isMedia)
    {
        var limit = isMedia ? MediaBytes : ControlBytes;
        return Failure is null && Volatile.Read(ref _queued) + bytes <= limit ? _out.Writer.GetSpan(bytes)[..bytes] : default;
    }

    /// <summary>Sends what was written into the room reserved last.</summary>
    public void Commit(int bytes)
    {
        Interlocked.Add(ref _queued, bytes);
        _out.Writer.Advance(bytes);
        var flush = _out.Writer.FlushAsync(CancellationToken.None);
        if (!flush.IsCompletedSuccessfully)
        {
            _ = flush.AsTask(); // never waits: the pipe has no bound but ours, in Reserve
        }
    }

    /// <summary>What is in the queue may still leave, for a moment.</summary>
    protected override void Close()
    {
        _out.Writer.Complete();
        EndTasks(s_farewell);
    }

    private static async Task<Stream> OpenAsync(RelayTarget target, X509Certificate2Collection? roots, CancellationToken cancellation)
    {
        var stream = await ConnectAsync(target.Addresses, cancellation).ConfigureAwait(false);
        if (target.Url.Transport != RelayTransport.Tls)
        {
            return stream;
        }
        var secured = new SslStream(stream);
        try
        {
            var options = new SslClientAuthenticationOptions { TargetHost = target.Url.Host };
            if (roots is not null)
            {
                options.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
            }
            await secured.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(IReadOnlyList<TransportAddress> addresses, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            var address = addresses[i].ToIPEndPoint();
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                KeepQueueShort(socket);
                await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException || i == addresses.Count - 1)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Asks the kernel not to keep more unsent than it needs, so that what waits can still be left out.</summary>
    private static void KeepQueueShort(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(ProtocolTcp, TcpNotSentLowWater, BitConverter.GetBytes(MediaBytes));
        }
    }

    private static string Explain(RelayUrl server, Exception fault) =>
        fault switch
        {
            AuthenticationException => $"The certificate of the TURN server is not valid for “{server.Host}”.",
            OperationCanceledException => "The TURN server can't be reached in time.",
            SocketException refused => $"The TURN server can't be reached: {refused.Message}.",
            _ => "The TURN server closed the connection.",
        };

    private static string ExplainPeer(Exception fault) => "The viewer's TCP connection is gone.";

    private async Task RunAsync()
    {
        Stream? stream = null;
        Task[] tasks = [];
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(Ending))
            {
                limit.CancelAfter(s_connectPatience);
                stream = await _open(limit.Token).ConfigureAwait(false);
            }
            tasks = [ReadAsync(stream), WriteAsync(stream)];
            await (await Task.WhenAny(tasks).ConfigureAwait(false)).ConfigureAwait(false);
            Fail(_explain(new EndOfStreamException()));
        }
        catch (Exception e) when (!IsClosed && e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            Fail(_explain(e));
        }
        finally
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the other one fails with it
            await _out.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var frames = new StreamFrames(_framing);
        var buffer = new byte[ReadBytes];
        while (!frames.IsBroken)
        {
            var length = await stream.ReadAsync(buffer, Ending).ConfigureAwait(false);
            if (length == 0)
            {
                return;
            }
            await TakeAsync(frames, buffer.AsMemory(0, length)).ConfigureAwait(false);
        }
    }

    private async ValueTask TakeAsync(StreamFrames frames, ReadOnlyMemory<byte> bytes)
    {
        while (TakeNext(frames, ref bytes, out var added))
        {
            await added.ConfigureAwait(false);
        }
    }

    private bool TakeNext(StreamFrames frames, ref ReadOnlyMemory<byte> bytes, out ValueTask added)
    {
        var rest = bytes.Span;
        var has = frames.TryRead(ref rest, out var message);
        bytes = bytes[^rest.Length..];
        added = has ? AddAsync(message) : default;
        return has;
    }

    private async Task WriteAsync(Stream stream)
    {
        while (true)
        {
            var result = await _out.Reader.ReadAsync(Ending).ConfigureAwait(false);
            foreach (var piece in result.Buffer)
            {
                await stream.WriteAsync(piece, Ending).ConfigureAwait(false);
            }
            Interlocked.Add(ref _queued, -(int)result.Buffer.Length);
            _out.Reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }
}
