// What both ends of a connection have in common: handshake, chunks, protocol control.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtmp;

/// <summary>Gives the messages that matter to the role above it, answers the others, and writes what the role says.</summary>
internal sealed class RtmpLink(bool isServer, Random random)
{
    /// <summary>After how many bytes the peer shall acknowledge, and the rate we say we allow.</summary>
    private const uint Window = 2_500_000;

    private readonly RtmpHandshake _handshake = new(isServer, random);
    private readonly RtmpChunkReader _reader = new();
    private readonly RtmpOutput _output = new();
    private uint _peerWindow;
    private uint _received;
    private uint _acknowledged;
    private int _chunkSize = 128;

    internal bool IsOpen => _handshake.IsDone;

    /// <summary>A sentence once the peer has sent what can't be.</summary>
    internal string? Fault { get; private set; }

    internal bool AllowsMedia
    {
        set => _reader.AllowsMedia = value;
    }

    internal void Start() => _handshake.Start(_output);

    internal void Receive(ReadOnlySpan<byte> bytes)
    {
        _received = unchecked(_received + (uint)bytes.Length);
        _reader.Append(bytes);
        if (!_handshake.IsDone && !_handshake.TryGoOn(_reader, _output))
        {
            Fault ??= "What the other end sends is not RTMP.";
        }
        if (_handshake.IsDone && _peerWindow > 0 && unchecked(_received - _acknowledged) >= _peerWindow)
        {
            _acknowledged = _received;
            SendNumber(RtmpMessageType.Acknowledgement, _received);
        }
    }

    internal bool TryTransmit(Span<byte> buffer, out int length) => _output.TryTake(buffer, out length);

    /// <summary>Gives the next message that is not the connection's own.</summary>
    internal bool TryRead(out RtmpMessage message)
    {
        message = default;
        while (_handshake.IsDone && Fault is null)
        {
            switch (_reader.Read(out message))
            {
                case RtmpRead.None:
                    return false;
                case RtmpRead.Error:
                    Fault = "What the other end sends is not RTMP, or is longer than allowed.";
                    return false;
            }
            if (message.Type > RtmpMessageType.SetPeerBandwidth)
            {
                return true;
            }
            Control(message);
        }
        return false;
    }

    /// <summary>Tells the size of our chunks, and as a server the windows. There are servers that expect nothing else in front of a client's first command.</summary>
    internal void SendLimits()
    {
        if (isServer)
        {
            SendNumber(RtmpMessageType.WindowAcknowledgementSize, Window);
            Span<byte> bandwidth = stackalloc byte[5];
            BinaryPrimitives.WriteUInt32BigEndian(bandwidth, Window);
            bandwidth[4] = 2; // dynamic
            Send(RtmpChunks.ControlStream, RtmpMessageType.SetPeerBandwidth, 0, bandwidth);
        }
        SendNumber(RtmpMessageType.SetChunkSize, RtmpChunks.Size);
        _chunkSize = RtmpChunks.Size;
    }

    internal void SendEvent(ushort kind, uint value)
    {
        Span<byte> payload = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(payload, kind);
        BinaryPrimitives.WriteUInt32BigEndian(payload[2..], value);
        Send(RtmpChunks.ControlStream, RtmpMessageType.UserControl, 0, payload);
    }

    internal void SendCommand(uint streamId, params ReadOnlySpan<AmfValue> values) =>
        Send(RtmpChunks.CommandStream, RtmpMessageType.CommandAmf0, streamId, AmfWriter.Write(values));

    internal void SendData(uint streamId, params ReadOnlySpan<AmfValue> values) =>
        Send(RtmpChunks.AudioStream, RtmpMessageType.DataAmf0, streamId, AmfWriter.Write(values));

    private void SendNumber(RtmpMessageType type, uint value)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, value);
        Send(RtmpChunks.ControlStream, type, 0, payload);
    }

    private void Send(int chunkStream, RtmpMessageType type, uint streamId, ReadOnlySpan<byte> payload)
    {
        var room = _output.Reserve(RtmpChunks.Measure(payload.Length, 0, _chunkSize));
        RtmpChunks.Write(room, chunkStream, type, streamId, 0, payload, default, _chunkSize);
    }

    private void Control(in RtmpMessage message)
    {
        var payload = message.Payload;
        if (payload.Length < (message.Type == RtmpMessageType.UserControl ? 2 : 4))
        {
            return; // Nothing that could be meant.
        }
        switch (message.Type)
        {
            case RtmpMessageType.SetChunkSize:
                var size = BinaryPrimitives.ReadUInt32BigEndian(payload);
                if (size is 0 or > int.MaxValue)
                {
                    Fault = "The other end announced chunks of an impossible size.";
                    return;
                }
                _reader.ChunkSize = (int)Math.Min(size, RtmpLimits.ChunkSize);
                break;
            case RtmpMessageType.Abort:
                _reader.Abort((int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(payload), int.MaxValue));
                break;
            case RtmpMessageType.WindowAcknowledgementSize:
                // Who asks for one every few bytes would have us send more than it does.
                _peerWindow = Math.Max(BinaryPrimitives.ReadUInt32BigEndian(payload), 2048);
                break;
            case RtmpMessageType.UserControl when payload.Length >= 6 && BinaryPrimitives.ReadUInt16BigEndian(payload) == 6: // ping
                SendEvent(7, BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
                break;
        }
    }
}
