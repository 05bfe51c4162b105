// Bounds how fast a socket may send.
namespace Mumu.Hub.Sockets;

/// <summary>A token bucket; one owner, no locks.</summary>
internal sealed class RateBucket(SocketRate rate, TimeProvider time)
{
    private double tokens = rate.Burst;
    private long last = time.GetTimestamp();

    public bool TryTake()
    {
        long now = time.GetTimestamp();
        tokens = Math.Min(rate.Burst, tokens + time.GetElapsedTime(last, now).TotalSeconds * rate.PerSecond);
        last = now;
        if (tokens < 1)
        {
            return false;
        }

        tokens--;
        return true;
    }
}
