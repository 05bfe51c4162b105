// Begins streams anew, in both directions, so that their numbers can be used again.
using System.Buffers.Binary;
using Mumu.Protocols.Sctp.Receiving;
using Mumu.Protocols.Sctp.Sending;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp;

/// <summary>RE-CONFIG with outgoing resets (RFC 6525 §5). One request of ours is under way at a time.</summary>
internal sealed class StreamResets(DataSender sender, ControlQueue control, Inbox inbox)
{
    private const int MaxStreams = 128; // in one request
    private readonly List<ushort> _streams = [];
    private uint _number;
    private uint _expected;
    private ResetResponse? _answered;
    private bool? _canReset; // null before the peer is known
    private bool _isDue;

    /// <summary>When <see cref="Tick"/> must be called.</summary>
    internal TimeSpan? Deadline { get; private set; }

    /// <summary>A request is to be written.</summary>
    internal bool IsDue => _canReset == true && (_isDue || (_streams.Count == 0 && sender.Queue.HasResettable));

    /// <summary>The peer is known now; numbers begin where those of chunks do.</summary>
    internal void Begin(Tsn ours, Tsn theirs, bool canReset) => (_number, _expected, _canReset) = (ours.Value, theirs.Value, canReset);

    /// <summary>A peer without RE-CONFIG cannot be told; then our direction just ends. True if that happened.</summary>
    internal bool TryResetUntold()
    {
        if (_canReset != false || !sender.Queue.TryTakeResettable(out var stream))
        {
            return false;
        }
        Finish(stream);
        return true;
    }

    internal void Write(ref PacketWriter packet, TimeSpan now)
    {
        while (_streams.Count == 0 || (!_isDue && _streams.Count < MaxStreams))
        {
            if (!sender.Queue.TryTakeResettable(out var stream))
            {
                break;
            }
            _streams.Add(stream);
        }
        _isDue = false;
        if (_streams.Count == 0)
        {
            return;
        }
        Span<ushort> streams = stackalloc ushort[_streams.Count];
        _streams.CopyTo(streams);
        OutgoingResetRequest.Write(ref packet, _number, unchecked(_expected - 1), sender.Highest, streams);
        Deadline = now + sender.RoundTrip.Timeout;
    }

    /// <summary>Bytes the next request needs at most.</summary>
    internal static int Room => ParameterReader.HeaderLength + OutgoingResetRequest.FixedLength + MaxStreams * 2;

    internal void Tick(TimeSpan now)
    {
        if (Deadline <= now)
        {
            Deadline = null;
            _isDue = true;
        }
    }

    /// <summary>Takes a RE-CONFIG chunk.</summary>
    internal void Receive(ReadOnlySpan<byte> value, DataReceiver receiver)
    {
        var parameters = new ParameterReader(value);
        while (parameters.TryRead(out var type, out var body))
        {
            if (type == OutgoingResetRequest.Type && OutgoingResetRequest.TryParse(body, out var request))
            {
                Answer(request, receiver);
            }
            else if (type == ResetResponse.Type && ResetResponse.TryParse(body, out var response))
            {
                Take(response);
            }
            else if (body.Length >= 4)
            {
                // Asking us to reset, or for more streams: not for data channels.
                control.Add(new ResetResponse(BinaryPrimitives.ReadUInt32BigEndian(body), ResetResult.Denied).Make());
            }
        }
    }

    /// <summary>The peer uses a stream anew, so it has taken our reset, and only its answer was lost.</summary>
    internal void Settle(ushort stream)
    {
        if (!_streams.Remove(stream))
        {
            return;
        }
        sender.Queue.Forget(stream);
        if (_streams.Count == 0)
        {
            Close();
        }
    }

    private void Close()
    {
        _number++;
        Deadline = null;
        _isDue = false;
    }

    private void Answer(in OutgoingResetRequest request, DataReceiver receiver)
    {
        var isRepeated = _answered?.Number == request.Number;
        if (!isRepeated && request.Number != _expected)
        {
            control.Add(new ResetResponse(request.Number, ResetResult.BadNumber).Make());
            return;
        }
        if (!isRepeated || _answered!.Value.Result == ResetResult.InProgress)
        {
            var hasAllCome = !request.LastSent.IsAfter(receiver.Cumulative);
            _answered = new ResetResponse(request.Number, hasAllCome ? ResetResult.Performed : ResetResult.InProgress);
            _expected = unchecked(request.Number + 1);
            if (hasAllCome)
            {
                receiver.Reset(request);
                for (var i = 0; i < request.Streams; i++)
                {
                    inbox.Add(new SctpEvent(SctpEventKind.IncomingReset, request.Stream(i)));
                }
            }
        }
        control.Add(_answered!.Value.Make());
    }

    private void Take(in ResetResponse response)
    {
        if (_streams.Count == 0 || response.Number != _number)
        {
            return;
        }
        if (response.Result == ResetResult.InProgress)
        {
            _number++;
            return; // asked again at the deadline, as a new request
        }
        Close();
        foreach (var stream in _streams)
        {
            Finish(stream);
        }
        _streams.Clear();
    }

    private void Finish(ushort stream)
    {
        sender.Queue.Forget(stream);
        inbox.Add(new SctpEvent(SctpEventKind.OutgoingReset, stream));
    }
}
