/** What the pages do with the browser window around them. */

/** Keeps a phone's screen on: a sleeping phone misses the call. Returns how to stop. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let wanted = true;
  const take = (): void => {
    if (!wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    navigator.wakeLock.request("screen").then(
      (taken) => {
        lock = taken;
        if (!wanted) void taken.release();
      },
      () => undefined, // refused on low battery
    );
  };
  take();
  document.addEventListener("visibilitychange", take); // the browser lets go whenever the page is hidden
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  };
}

/** Alternates the tab's title; returns how to stop. */
export function flashTitle(text: string): () => void {
  const before = document.title;
  let on = false;
  const timer = setInterval(() => {
    on = !on;
    document.title = on ? text : before;
  }, 900);
  return () => {
    clearInterval(timer);
    document.title = before;
  };
}
