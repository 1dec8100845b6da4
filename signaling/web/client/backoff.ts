/** Milliseconds before try number `attempt` (0 is the first). It doubles from 300 ms up to 5 s, well inside the server's
 * grace of 30 s; `random` in 0..1 spreads the pages that a restarted server hears from. */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(300 * 2 ** Math.min(attempt, 16), 5000);
  return Math.round(ceiling * (0.5 + 0.5 * random));
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
