/** The server's clock. A phone's own may be minutes off, and the waiting room opens by the server's. */
import { signal, type ReadonlySignal } from "@preact/signals";

let offsetMs = 0;

export function syncClock(serverNow: string): void {
  const parsed = Date.parse(serverNow);
  if (!Number.isNaN(parsed)) offsetMs = parsed - Date.now();
}

export const serverNowMs = (): number => Date.now() + offsetMs;

const second = signal(serverNowMs());
setInterval(() => (second.value = serverNowMs()), 1000);

/** The server's time in ms, once a second. */
export const ticking: ReadonlySignal<number> = second;
