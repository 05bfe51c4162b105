// Lets a loop sleep until its socket, another thread or the clock wants it.
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mumu.Io.Linux;

namespace Mumu.Io;

/// <summary>Waits for a socket and for <see cref="Wake"/>; on Linux to the microsecond, elsewhere by looking every few milliseconds.</summary>
internal sealed unsafe class LoopWaiter : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(2);

    private readonly UdpSocket _socket;
    private readonly SafeFileHandle? _bell;
    private int _asleep;

    internal LoopWaiter(UdpSocket socket)
    {
        _socket = socket;
        if (OperatingSystem.IsLinux())
        {
            _bell = new SafeFileHandle(LibC.EventFd(0, LibC.EventFdNonBlock | LibC.EventFdCloseOnExec), ownsHandle: true);
            if (_bell.IsInvalid)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>
    /// Announces sleep. Between this and <see cref="Wait"/> the caller looks once more whether there is something to do; who posts after that look will wake the wait.
    /// </summary>
    internal void Prepare() => Interlocked.Exchange(ref _asleep, 1);

    /// <summary>Ends or forestalls a wait; from any thread.</summary>
    internal void Wake()
    {
        Interlocked.MemoryBarrier(); // what was posted is visible before we look whether somebody sleeps
        if (Volatile.Read(ref _asleep) == 0 || Interlocked.Exchange(ref _asleep, 0) == 0 || _bell is null)
        {
            return;
        }
        var one = 1UL;
        try
        {
            LibC.Write(_bell, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop ended between our post and our knock; nobody is left to wake.
        }
    }

    /// <summary>Waits until the socket is readable (or writable, where wanted), a wake, or the time is over; a time of zero only looks.</summary>
    internal void Wait(TimeSpan? atMost, bool forWriting)
    {
        var limit = atMost is { } time && time < s_longest ? time : s_longest;
        if (limit < TimeSpan.Zero)
        {
            limit = TimeSpan.Zero;
        }
        if (_bell is not null)
        {
            WaitForDescriptors(_bell, limit, forWriting);
        }
        else
        {
            _socket.Inner.Poll(limit < s_look ? limit : s_look, SelectMode.SelectRead);
        }
        Volatile.Write(ref _asleep, 0);
    }

    public void Dispose() => _bell?.Dispose();

    private void WaitForDescriptors(SafeFileHandle bell, TimeSpan limit, bool forWriting)
    {
        var entries = stackalloc LibC.PollEntry[2];
        entries[0] = new LibC.PollEntry
        {
            Descriptor = _socket.Descriptor,
            Events = forWriting ? (short)(LibC.PollIn | LibC.PollOut) : LibC.PollIn,
        };
        entries[1] = new LibC.PollEntry
        {
            Descriptor = (int)bell.DangerousGetHandle(), // disposed of only after the loop's thread has ended
            Events = LibC.PollIn,
            Returned = 0,
        };
        var time = new LibC.TimeSpec
        {
            Seconds = (nint)(limit.Ticks / TimeSpan.TicksPerSecond),
            Nanoseconds = (nint)(limit.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        if (LibC.Poll(entries, 2, &time, null) > 0 && entries[1].Returned != 0)
        {
            var count = 0UL;
            LibC.Read(bell, &count, sizeof(ulong));
        }
    }
}
