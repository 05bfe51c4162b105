// Lets one thread sleep until any of many sockets has something to read.
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mumu.Io.Linux;

namespace Mumu.Io;

/// <summary>
/// A set of sockets, each under a number of the caller's: epoll on Linux, select elsewhere. Sockets may be added and removed from any thread while another waits; one that was removed
/// meanwhile may still be told once.
/// </summary>
public sealed unsafe class UdpWaiter : IDisposable
{
    private const int SelectMilliseconds = 5;
    private const long BellKey = long.MinValue;
    private readonly byte[] _entries;
    private readonly SafeFileHandle? _epoll;
    private readonly SafeFileHandle? _bell;
    private readonly Dictionary<Socket, long> _sockets = [];

    /// <summary>Makes an empty set.</summary>
    /// <param name="most">Sockets told by one wait, 1 and more.</param>
    public UdpWaiter(int most = 64)
    {
        _entries = GC.AllocateArray<byte>(most * Epoll.EntrySize, pinned: true);
        if (OperatingSystem.IsLinux())
        {
            _epoll = new SafeFileHandle(Epoll.Create(Epoll.CloseOnExec), ownsHandle: true);
            if (_epoll.IsInvalid)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
            _bell = new SafeFileHandle(LibC.EventFd(0, LibC.EventFdNonBlock | LibC.EventFdCloseOnExec), ownsHandle: true);
            Control(_epoll, (int)_bell.DangerousGetHandle(), BellKey);
        }
    }

    /// <summary>Ends a wait, or the next one; from any thread. The caller sees it by a wait that tells nothing.</summary>
    public void Wake()
    {
        if (_bell is { IsClosed: false })
        {
            var one = 1UL;
            LibC.Write(_bell, &one, sizeof(ulong));
        }
    }

    /// <summary>Adds a socket under a number.</summary>
    /// <exception cref="Win32Exception">The system has no room for it.</exception>
    public void Add(UdpSocket socket, long key)
    {
        if (_epoll is null)
        {
            lock (_sockets)
            {
                _sockets.Add(socket.Inner, key);
            }
            return;
        }
        Control(_epoll, socket.Descriptor, key);
    }

    /// <summary>Removes a socket, before it is disposed of.</summary>
    public void Remove(UdpSocket socket)
    {
        if (_epoll is not null)
        {
            var entry = stackalloc byte[16];
            Epoll.Control(_epoll, Epoll.Remove, socket.Descriptor, entry);
            return;
        }
        lock (_sockets)
        {
            _sockets.Remove(socket.Inner);
        }
    }

    /// <summary>Waits until sockets are readable or the time is over; returns how many numbers it wrote.</summary>
    public int Wait(Span<long> ready, TimeSpan atMost)
    {
        if (_epoll is null)
        {
            return Select(ready);
        }
        var room = Math.Min(ready.Length, _entries.Length / Epoll.EntrySize);
        fixed (byte* entries = _entries)
        {
            var count = Math.Max(0, Epoll.Wait(_epoll, entries, room, (int)Math.Ceiling(atMost.TotalMilliseconds)));
            var told = 0;
            for (var i = 0; i < count; i++)
            {
                var key = *(long*)(entries + (i * Epoll.EntrySize) + Epoll.KeyOffset);
                if (key != BellKey)
                {
                    ready[told++] = key;
                    continue;
                }
                var rings = 0UL;
                LibC.Read(_bell!, &rings, sizeof(ulong));
            }
            return told;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _epoll?.Dispose();
        _bell?.Dispose();
    }

    private static void Control(SafeFileHandle epoll, int descriptor, long key)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = Epoll.Readable;
        *(long*)(entry + Epoll.KeyOffset) = key;
        if (Epoll.Control(epoll, Epoll.Add, descriptor, entry) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private int Select(Span<long> ready)
    {
        List<Socket> readable;
        lock (_sockets)
        {
            readable = [.. _sockets.Keys];
        }
        if (readable.Count == 0)
        {
            Thread.Sleep(SelectMilliseconds);
            return 0;
        }
        try
        {
            Socket.Select(readable, null, null, SelectMilliseconds * 1000);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0; // one was closed meanwhile; the next look does without it
        }
        var count = 0;
        lock (_sockets)
        {
            foreach (var socket in readable)
            {
                if (count < ready.Length && _sockets.TryGetValue(socket, out var key))
                {
                    ready[count++] = key;
                }
            }
        }
        return count;
    }
}
