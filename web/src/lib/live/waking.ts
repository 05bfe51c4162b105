// Tells when connections deserve a new look: the network came back, the page came to the front, the machine woke up.

const tickMs = 2_000;
const gapMs = 8_000;

export function watchWaking(onWake: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    // Timers stop while a machine sleeps; hidden pages have slow timers and are told apart by visibility.
    if (now - last > gapMs && document.visibilityState === "visible") onWake();
    last = now;
  }, tickMs);
  const onVisible = () => {
    if (document.visibilityState === "visible") onWake();
  };
  window.addEventListener("online", onWake);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    clearInterval(timer);
    window.removeEventListener("online", onWake);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
