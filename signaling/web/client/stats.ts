/** Statistics of the own media connection, from getStats (W3C webrtc-stats). */

export interface LinkStats {
  round_trip_ms: number | null;
  available_bps: number | null;
  sent: { bitrate_bps: number; width: number; height: number; frames_per_s: number; loss: number } | null;
}

interface Counters {
  at_ms: number;
  bytes: number;
}

/* The members we read; the DOM types leave most of a report open. */
interface Entry {
  id: string;
  type: string;
  kind?: string;
  timestamp: number;
  nominated?: boolean;
  state?: string;
  currentRoundTripTime?: number;
  availableOutgoingBitrate?: number;
  bytesSent?: number;
  frameWidth?: number;
  frameHeight?: number;
  framesPerSecond?: number;
  fractionLost?: number;
}

export interface Report {
  forEach(callback: (entry: Entry) => void): void;
}

/** Reads a report; rates come from the difference to the counters of the one before. */
export function summarize(report: Report, before: Counters | null): { stats: LinkStats; counters: Counters | null } {
  const stats: LinkStats = { round_trip_ms: null, available_bps: null, sent: null };
  let counters: Counters | null = null;
  let loss = 0;
  report.forEach((entry) => {
    if (entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded") {
      if (entry.currentRoundTripTime !== undefined) stats.round_trip_ms = Math.round(entry.currentRoundTripTime * 1000);
      stats.available_bps = entry.availableOutgoingBitrate ?? null;
    } else if (entry.type === "remote-inbound-rtp" && entry.kind === "video") {
      loss = entry.fractionLost ?? 0;
    } else if (entry.type === "outbound-rtp" && entry.kind === "video" && entry.bytesSent !== undefined) {
      counters = { at_ms: entry.timestamp, bytes: entry.bytesSent };
      const seconds = before ? (entry.timestamp - before.at_ms) / 1000 : 0;
      const bytes = before ? entry.bytesSent - before.bytes : 0;
      stats.sent = {
        bitrate_bps: seconds > 0 && bytes >= 0 ? Math.round((bytes * 8) / seconds) : 0,
        width: entry.frameWidth ?? 0,
        height: entry.frameHeight ?? 0,
        frames_per_s: Math.round(entry.framesPerSecond ?? 0),
        loss: 0,
      };
    }
  });
  if (stats.sent) stats.sent.loss = loss;
  return { stats, counters };
}

/** Reads a connection's statistics every `periodMs`; returns how to stop. */
export function watchStats(pc: RTCPeerConnection, onStats: (stats: LinkStats) => void, periodMs = 2000): () => void {
  let before: Counters | null = null;
  const timer = setInterval(() => {
    void pc.getStats().then((report) => {
      const read = summarize(report as unknown as Report, before);
      before = read.counters;
      onStats(read.stats);
    });
  }, periodMs);
  return () => clearInterval(timer);
}
