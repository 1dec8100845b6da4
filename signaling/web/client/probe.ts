/** The connection test of the device check: joins a room of one's own at the media server and looks how it goes. */
import { sleep } from "./backoff";
import { connected, makePeer, negotiate } from "./peer";
import type { Rpc } from "./rpc";
import { summarize, type LinkStats, type Report } from "./stats";

export type Verdict = "good" | "weak" | "blocked" | "failed";

export interface ProbeResult {
  verdict: Verdict;
  stats: LinkStats | null;
}

const CONNECT_MS = 10_000;
/* Long enough for a sender to find its rate, well below the server's limit of 20 s for a test. */
const MEASURE_MS = 4_000;

/** A face needs about 0.5 Mbit/s to be seen clearly; beyond 400 ms people talk into each other's sentences. */
export function judge(stats: LinkStats): Verdict {
  const slow = stats.available_bps !== null && stats.available_bps < 500_000;
  const late = stats.round_trip_ms !== null && stats.round_trip_ms > 400;
  const lossy = stats.sent !== null && stats.sent.loss > 0.05;
  return slow || late || lossy ? "weak" : "good";
}

/** Throws a Problem when the server refuses the test; that says nothing about the network. */
export async function probe(rpc: Rpc, local: MediaStream | null): Promise<ProbeResult> {
  const { pc } = makePeer(local);
  try {
    await negotiate(pc, {}, async (sdp) => (await rpc.call("media.test", { sdp })).sdp);
    if (!(await connected(pc, CONNECT_MS))) {
      // Checks were answered but DTLS did not come up: something on the way meddles with the packets.
      const reached = pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed";
      return { verdict: reached ? "failed" : "blocked", stats: null };
    }
    if (local) await sleep(MEASURE_MS);
    const { stats } = summarize((await pc.getStats()) as unknown as Report, null);
    return { verdict: judge(stats), stats };
  } finally {
    pc.close();
    void rpc.call("media.test_end", {}).catch(() => undefined);
  }
}
