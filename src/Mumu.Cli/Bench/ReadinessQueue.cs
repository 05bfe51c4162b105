// Which of many sockets have something to read: epoll, and a bell that other threads ring.
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mumu.Cli.Bench;

/// <summary>Waits for many sockets at once, each known by a number of 0 or more. Linux only. All but <see cref="Wake"/> belong to one thread.</summary>
internal sealed unsafe partial class ReadinessQueue : IDisposable
{
    private const int Most = 256;
    private const int CloseOnExec = 0x80000;
    private const int NonBlock = 0x800;
    private const int Add = 1;
    private const uint Readable = 1;
    private const ulong Bell = ulong.MaxValue;

    // struct epoll_event is packed on x86-64 and aligned everywhere else.
    private static readonly int s_size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly SafeFileHandle _queue = Own(EpollCreate(CloseOnExec));
    private readonly SafeFileHandle _bell = Own(EventFd(0, NonBlock | CloseOnExec));
    private readonly byte[] _events = GC.AllocateArray<byte>(Most * 16, pinned: true);

    internal ReadinessQueue() => Watch(_bell, Bell);

    /// <summary>Adds a socket; closing it takes it out.</summary>
    internal void Watch(SafeHandle socket, int number) => Watch(socket, (ulong)number);

    /// <summary>Waits until something is readable, a wake, or the time is over; the numbers of what is readable go into <paramref name="ready"/>.</summary>
    internal void Wait(TimeSpan atMost, List<int> ready)
    {
        ready.Clear();
        int count;
        fixed (byte* events = _events)
        {
            count = EpollWait(_queue, events, Most, (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, 1000));
        }
        for (var i = 0; i < count; i++)
        {
            var number = Unsafe.ReadUnaligned<ulong>(ref _events[(i + 1) * s_size - sizeof(ulong)]);
            if (number != Bell)
            {
                ready.Add((int)number);
                continue;
            }
            ulong rings;
            _ = Read(_bell, &rings, sizeof(ulong));
        }
    }

    /// <summary>Ends or forestalls a wait; from any thread.</summary>
    internal void Wake()
    {
        var one = 1UL;
        _ = Write(_bell, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _queue.Dispose();
        _bell.Dispose();
    }

    private void Watch(SafeHandle descriptor, ulong number)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, Readable);
        Unsafe.WriteUnaligned(entry + s_size - sizeof(ulong), number);
        if (EpollControl(_queue, Add, descriptor, entry) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private static SafeFileHandle Own(int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(SafeHandle queue, int operation, SafeHandle descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(SafeHandle queue, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeHandle descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle descriptor, void* buffer, nuint length);
}
