// The system calls of epoll: one wait for very many sockets.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mumu.Io.Linux;

internal static unsafe partial class Epoll
{
    internal const int Add = 1;
    internal const int Remove = 2;
    internal const uint Readable = 1;
    internal const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle epoll, int operation, int descriptor, void* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int Wait(SafeFileHandle epoll, void* entries, int count, int milliseconds);

    /// <summary>Bytes of a struct epoll_event, which is packed on x86-64 and nowhere else.</summary>
    internal static int EntrySize { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where the caller's number is in a struct epoll_event.</summary>
    internal static int KeyOffset => EntrySize - sizeof(long);
}
