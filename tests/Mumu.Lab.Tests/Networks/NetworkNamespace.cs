// A network namespace of the kernel under a name of this run: made, configured, entered, and removed with everything that runs in it.
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mumu.Lab.Tests.Networks;

internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000; // CLONE_NEWNET

    private bool _isGone;

    private NetworkNamespace(string name) => Name = name;

    /// <summary>As <c>ip netns</c> knows it.</summary>
    public string Name { get; }

    /// <summary>Makes one with loopback up and forwarding as asked.</summary>
    public static async Task<NetworkNamespace> CreateAsync(string what, bool forwards)
    {
        var name = Leftovers.NewName(what);
        await Command.RunAsync("ip", ["netns", "add", name]);
        var made = new NetworkNamespace(name);
        await made.IpAsync("link set lo up");
        await made.RunAsync("sysctl", "-qw", $"net.ipv4.ip_forward={(forwards ? 1 : 0)}", "net.ipv6.conf.all.disable_ipv6=1");
        return made;
    }

    /// <summary>Several lines for <c>ip</c>, in order.</summary>
    public Task IpAsync(params string[] lines) => Command.RunAsync("ip", ["-n", Name, "-batch", "-"], string.Join('\n', lines) + "\n");

    /// <summary>Runs a short command inside.</summary>
    public Task<string> RunAsync(string program, params string[] arguments) => Command.RunAsync("ip", Inside(program, arguments));

    /// <summary>The arguments of <c>ip</c> that run a program inside; the process that <c>ip</c> starts as becomes that program.</summary>
    public string[] Inside(string program, params string[] arguments) => ["netns", "exec", Name, program, .. arguments];

    /// <summary>A TCP connection from here; a socket stays in the namespace in which it was made.</summary>
    public async Task<Stream> ConnectAsync(System.Net.EndPoint to, CancellationToken end)
    {
        var socket = Enter(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket.ConnectAsync(to, end);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends what still runs inside and removes the namespace. More than once is allowed.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isGone, true))
        {
            Delete(Name);
        }
    }

    /// <summary>Ends what still runs inside and removes it.</summary>
    public static void Delete(string name)
    {
        foreach (var process in Command.RunToEnd("ip", "netns", "pids", name).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = Command.RunToEnd("kill", "-KILL", process);
        }
        _ = Command.RunToEnd("ip", "netns", "del", name);
    }

    /// <summary>Makes sockets inside. A namespace belongs to a thread, so one of its own enters it, and ends there; threads that it starts stay inside.</summary>
    public T Enter<T>(Func<T> act)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{Name}");
                if (SetNamespace(handle, CloneNewNet) != 0)
                {
                    throw new InvalidOperationException($"{Name} cannot be entered: error {Marshal.GetLastPInvokeError()}.");
                }
                result = act();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException($"In namespace {Name}: {failure.Message}", failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(Microsoft.Win32.SafeHandles.SafeFileHandle handle, int kind);
}
