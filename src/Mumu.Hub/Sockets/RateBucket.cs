// Bounds how fast a socket may send.
namespace Mumu.Hub.Sockets;

/// <summary>A token bucket; one owner, no locks.</summary>
internal sealed class RateBucket(int perSecond, int burst, TimeProvider time)
{
    private double tokens = burst;
    private long last = time.GetTimestamp();

    public bool TryTake()
    {
        long now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + time.GetElapsedTime(last, now).TotalSeconds * perSecond);
        last = now;
        if (tokens < 1)
        {
            return false;
        }

        tokens--;
        return true;
    }
}
