// The few system calls of Linux that the framework has no word for: many messages a call, a wait with nanoseconds, a wake-up descriptor.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mumu.Io.Linux;

internal static unsafe partial class LibC
{
    internal const int SolUdp = 17;
    internal const int UdpSegment = 103;
    internal const int UdpGro = 104;
    internal const int MsgDontWait = 0x40;
    internal const int MsgTruncated = 0x20;
    internal const short PollIn = 1;
    internal const short PollOut = 4;
    internal const int EventFdNonBlock = 0x800;
    internal const int EventFdCloseOnExec = 0x80000;
    internal const int Interrupted = 4; // EINTR
    internal const int IoError = 5; // EIO
    internal const int WouldBlock = 11; // EAGAIN
    internal const int Invalid = 22; // EINVAL
    internal const int MessageTooLong = 90; // EMSGSIZE

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int descriptor, MessageSlot* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int descriptor, MessageSlot* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeFileHandle descriptor, void* buffer, nuint length);

    /// <summary>struct iovec.</summary>
    internal struct Slice
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>struct mmsghdr: struct msghdr and the length that the kernel tells.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageSlot
    {
        public void* Name;
        public uint NameLength;
        public Slice* Slices;
        public nuint SliceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        private readonly int _padding; // msghdr ends on eight bytes
        public uint Length;
    }

    /// <summary>struct cmsghdr with room for one integer, padded as CMSG_SPACE pads it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    internal struct ControlSlot
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Value;
    }

    /// <summary>struct pollfd.</summary>
    internal struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct timespec.</summary>
    internal struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
