// The wall clock in NTP's form, from the monotonic one.
namespace Mumu.Protocols.WebRtc;

/// <summary>NTP's 64 bits: seconds since 1900 above, their fraction below (RFC 5905 §6).</summary>
public static class NtpClock
{
    private static readonly DateTimeOffset s_epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The NTP time at the monotonic clock's zero, given both clocks at one moment.</summary>
    public static ulong AtZero(DateTimeOffset wall, TimeSpan now) => FromSpan(wall - s_epoch - now);

    internal static ulong At(ulong atZero, TimeSpan now) => unchecked(atZero + FromSpan(now));

    /// <summary>The 32 bits in the middle, as report blocks have them.</summary>
    internal static uint Middle(ulong time) => (uint)(time >> 16);

    private static ulong FromSpan(TimeSpan span) => (ulong)(((UInt128)span.Ticks << 32) / TimeSpan.TicksPerSecond);
}
