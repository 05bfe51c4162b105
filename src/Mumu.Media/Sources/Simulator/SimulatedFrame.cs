// What a ledger is told of each frame that the simulator makes.
using System.Security.Cryptography;
using Mumu.Media.Sources.Simulator.Encoding;

namespace Mumu.Media.Sources.Simulator;

/// <summary>Is told of each frame, on the source's thread, before it is published. Must not block.</summary>
public delegate void SimulatedFrameHandler(in SimulatedFrame frame);

/// <summary>A frame as it was made. Valid only within the call; what it costs is paid by who asks.</summary>
public readonly ref struct SimulatedFrame
{
    private readonly Picture _picture;

    internal SimulatedFrame(SimulatorStamp stamp, bool isKeyFrame, ReadOnlySpan<byte> data, Picture picture)
    {
        Stamp = stamp;
        IsKeyFrame = isKeyFrame;
        Data = data;
        _picture = picture;
    }

    /// <summary>Number, wall clock and slice hash, as the frame carries them itself.</summary>
    public SimulatorStamp Stamp { get; }

    /// <summary>True for an IDR.</summary>
    public bool IsKeyFrame { get; }

    /// <summary>The access unit, length-prefixed NAL units.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>SHA-256 of the access unit.</summary>
    public byte[] HashData() => SHA256.HashData(Data);

    /// <summary>SHA-256 of the picture that every exact decoder makes of it: planar 4:2:0, cropped, without gaps.</summary>
    public byte[] HashPicture()
    {
        var bytes = new byte[_picture.VisibleLength];
        _picture.CopyVisible(bytes);
        return SHA256.HashData(bytes);
    }
}
