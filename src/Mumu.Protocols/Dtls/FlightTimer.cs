// When the last flight is sent again: our deadlines, and how libssl is brought to agree with them.
using Mumu.Protocols.OpenSsl;

namespace Mumu.Protocols.Dtls;

/// <summary>
/// Flights are repeated after 100 ms, then twice as long each time up to 3 s (RFC 6347 §4.2.4.1 asks for 1 s, which is felt; RFC 9147 §5.8.2 allows less).
/// libssl keeps a timer of its own on the wall clock and retransmits only when that has run out, so it is told the same intervals. It takes the last
/// 15 ms for run out, which covers the calls between the two clocks. If the wall clock was set back meanwhile, libssl refuses and is asked again soon.
/// </summary>
internal sealed unsafe class FlightTimer(DtlsTimers kind)
{
    private const uint VirtualOften = 15_900; // µs; above libssl's 15 ms, so it runs out 0.9 ms later
    private const uint VirtualNever = 3_600_000_000;
    private const int VirtualPatience = 100_000;
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMilliseconds(20);
    private static readonly Lazy<bool> s_valueIsReachable = new(() =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && LibCrypto.OpenSSL_version_num() < 0x3020_0000
    );

    private TimeSpan _interval = s_first;
    private bool _wasSet;
    private long* _value;

    /// <summary>When to call <see cref="Expire" />; null while no flight waits for an answer.</summary>
    public TimeSpan? Deadline { get; private set; }

    /// <summary>libssl asks how long to wait (µs), at the first sending of a flight and at each repetition.</summary>
    public uint NextInterval(bool isFirst)
    {
        _interval = isFirst ? s_first : TimeSpan.FromTicks(Math.Min(_interval.Ticks * 2, s_longest.Ticks));
        if (kind == DtlsTimers.RealTime)
            return (uint)_interval.TotalMicroseconds;
        return s_valueIsReachable.Value ? VirtualNever : VirtualOften;
    }

    /// <summary>libssl has set its timer, or stopped it. Up to version 3.1 it shows the value itself, later a copy on its stack.</summary>
    public void OnSet(nint value)
    {
        _wasSet = true;
        if (kind == DtlsTimers.VirtualTime && s_valueIsReachable.Value)
            _value = (long*)value;
    }

    /// <summary>After each call into libssl: takes over what it did to its timer.</summary>
    public void Update(nint ssl, TimeSpan now)
    {
        if (!_wasSet)
            return;
        _wasSet = false;
        var remaining = stackalloc long[2]; // a struct timeval, whose value is of no interest
        Deadline = LibSsl.SSL_ctrl(ssl, LibSsl.CtrlGetTimeout, 0, remaining) == 1 ? now + _interval : null;
    }

    /// <summary>At the deadline: has libssl send its flight again. Negative when it has given up.</summary>
    public int Expire(nint ssl, TimeSpan now)
    {
        Deadline = now + s_askAgain;
        if (kind == DtlsTimers.RealTime)
            return (int)LibSsl.SSL_ctrl(ssl, LibSsl.CtrlHandleTimeout, 0, null);
        if (_value is not null)
            (_value[0], _value[1]) = (1, 1); // run out since 1970
        var result = 0;
        for (var i = 0; result == 0 && i < VirtualPatience; i++)
            result = (int)LibSsl.SSL_ctrl(ssl, LibSsl.CtrlHandleTimeout, 0, null);
        return result;
    }

    /// <summary>Nothing is repeated any more.</summary>
    public void Stop() => Deadline = null;
}
