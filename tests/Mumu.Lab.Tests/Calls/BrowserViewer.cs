// A call by Chromium from a home, as one cell of the matrix.
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Calls;

internal static class BrowserViewer
{
    private const int Frames = 30;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Watches a device until frames keep coming, or it failed; if a direct path is expected, until the browser has settled for one, too.</summary>
    public static async Task<CallResult> CallAsync(Chromium chromium, Hub hub, string deviceId, bool isDirectExpected)
    {
        await using var call = await BrowserCall.StartAsync(chromium, hub, deviceId);
        try
        {
            var view = await call.WaitForFramesAsync(Frames);
            if (isDirectExpected && IsRelayed(view))
            {
                // A browser starts with what works first and moves to what is better.
                view = await Eventually.ReturnsAsync(
                    async () => await call.LookAsync() is { } now && !IsRelayed(now) ? now : null,
                    Settling,
                    () => $"a direct path: {BrowserCall.Describe(view)}"
                );
                view = await call.WaitForFramesAsync(Frames);
            }
            return new CallResult(
                true,
                IsRelayed(view),
                $"{view.Pair?.Local} / {view.Pair?.Remote}",
                view.FirstFrame is { } s ? TimeSpan.FromSeconds(s) : null,
                BrowserCall.Describe(view)
            );
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            return new CallResult(false, false, "", null, e.Message);
        }
    }

    private static bool IsRelayed(BrowserView view) =>
        view.Pair is not { } pair || CallResult.IsRelay(pair.Local, pair.Remote, pair.RemoteAddress);
}
