/** A party's media in the room: joins, and keeps joined until told to leave.
 *
 * There is one loop that heals: it restarts ICE while the server still has this peer, and joins anew otherwise. A new
 * page, a restarted server, a changed network and a lost peer all end in it. */
import { effect, signal } from "@preact/signals";
import type { Role, Slot } from "./api";
import { backoffMs, sleep } from "./backoff";
import type { LocalMedia } from "./devices";
import { connected, makePeer, negotiate, preferSharpness, type Peer } from "./peer";
import { Problem, toProblem, type ProblemCode } from "./problem";
import type { Rpc } from "./rpc";
import { watchStats, type LinkStats } from "./stats";

export type CallState = "idle" | "joining" | "connected" | "recovering";

/** Another party as we receive it. */
export interface Incoming {
  party_id: string;
  role: Role;
  name: string;
  stream: MediaStream;
}

const CONNECT_MS = 8000;
/* Wi-Fi hiccups come and go; only then is it worth a restart. */
const DISCONNECTED_MS = 1500;
/* A close notice may still be about the peer that we have just replaced. */
const FRESH_MS = 2000;

/** Trying again cannot help: the page must do something else. */
const FINAL: ReadonlySet<ProblemCode> = new Set([
  "not_admitted",
  "interview_over",
  "wrong_state",
  "forbidden",
  "not_signed_in",
  "session_expired",
  "not_found",
  "sdp_refused",
]);

export class Call {
  readonly state = signal<CallState>("idle");
  readonly incoming = signal<Incoming[]>([]);
  readonly problem = signal<Problem | null>(null);
  readonly stats = signal<LinkStats | null>(null);

  readonly #scope: { interview_id?: string };
  readonly #stops: (() => void)[] = [];
  #peer: Peer | null = null;
  #joinedAt = 0;
  #slots: Slot[] = [];
  /** From join to leave; what was begun in an earlier one is given up. */
  #stay: AbortController | null = null;
  #healing: AbortSignal | null = null;
  #fresh = false;
  #stopStats: (() => void) | null = null;

  /** Officers name the interview; a party has only one. */
  constructor(
    private readonly rpc: Rpc,
    private readonly local: LocalMedia,
    interviewId?: string,
  ) {
    this.#scope = interviewId === undefined ? {} : { interview_id: interviewId };
    const mine = (id: string): boolean => interviewId === undefined || id === interviewId;
    const online = (): void => this.#heal(false);
    addEventListener("online", online);
    this.#stops.push(
      () => removeEventListener("online", online),
      rpc.on("media.slots", ({ interview_id, slots }) => {
        if (mine(interview_id)) this.#show(slots);
      }),
      rpc.on("media.closed", ({ interview_id, reason }) => {
        if (!mine(interview_id) || reason === "replaced" || reason === "left" || reason === "ended") return;
        if (Date.now() - this.#joinedAt > FRESH_MS) this.#heal(true);
      }),
      effect(() => {
        const stream = local.stream.value;
        if (this.#peer) void this.#send(this.#peer, stream);
      }),
      effect(() => {
        const sent = { microphone: local.microphone.value, camera: local.camera.value };
        if (this.state.value !== "connected") return;
        rpc.call("media.state", { ...this.#scope, ...sent }).catch(() => undefined);
      }),
    );
  }

  /** Joins, or does nothing when already in or on the way. */
  join(): void {
    if (this.#stay) return;
    this.#stay = new AbortController();
    this.problem.value = null;
    this.state.value = "joining";
    this.#heal(true);
  }

  /** After the connection to the server came back: `joined` says whether it still has our peer. */
  resync(joined: boolean): void {
    if (!joined) this.#heal(true);
    else if (this.#peer?.pc.connectionState !== "connected") this.#heal(false);
  }

  leave(): void {
    this.#stay?.abort();
    this.#stay = null;
    this.#closePeer();
    this.incoming.value = [];
    this.stats.value = null;
    this.state.value = "idle";
  }

  dispose(): void {
    this.leave();
    for (const stop of this.#stops.splice(0)) stop();
  }

  #heal(fresh: boolean): void {
    const stay = this.#stay?.signal;
    if (!stay) return;
    this.#fresh ||= fresh;
    if (this.#healing !== stay) void this.#healLoop(stay);
  }

  async #healLoop(stay: AbortSignal): Promise<void> {
    this.#healing = stay;
    for (let attempt = 0; !stay.aborted; attempt++) {
      if (this.state.peek() !== "joining") this.state.value = "recovering";
      if (await this.#healOnce(attempt, stay)) break;
      await sleep(backoffMs(attempt, Math.random()));
    }
    if (this.#healing === stay) this.#healing = null;
  }

  /** True when there is nothing more to do: connected, left, or no use trying. */
  async #healOnce(attempt: number, stay: AbortSignal): Promise<boolean> {
    try {
      const anew = this.#fresh || attempt > 0 || !this.#peer;
      this.#fresh = false;
      const pc = anew ? await this.#joinAnew(stay) : await this.#restartIce();
      const up = pc !== null && (await connected(pc, CONNECT_MS, stay));
      if (stay.aborted) return true;
      if (!up || this.#fresh) return false;
      this.problem.value = null;
      this.state.value = "connected";
      return true;
    } catch (error) {
      if (stay.aborted) return true;
      const problem = toProblem(error);
      if (problem.code !== "offline" && problem.code !== "peer_gone") this.problem.value = problem;
      if (!FINAL.has(problem.code)) return false;
      this.leave();
      return true;
    }
  }

  async #joinAnew(stay: AbortSignal): Promise<RTCPeerConnection | null> {
    const stream = this.local.stream.peek();
    const peer = makePeer(stream);
    try {
      await negotiate(peer.pc, {}, async (sdp) => {
        const answer = await this.rpc.call("media.join", { ...this.#scope, sdp });
        this.#slots = answer.slots;
        return answer.sdp;
      });
    } catch (error) {
      peer.pc.close();
      throw error;
    }
    if (stay.aborted) {
      peer.pc.close();
      return null;
    }
    this.#closePeer();
    this.#peer = peer;
    this.#joinedAt = Date.now();
    this.#watch(peer);
    this.#show(this.#slots);
    await preferSharpness(peer.video);
    // The camera may have been switched while we negotiated.
    if (this.local.stream.peek() !== stream) await this.#send(peer, this.local.stream.peek());
    return peer.pc;
  }

  async #restartIce(): Promise<RTCPeerConnection | null> {
    const pc = this.#peer?.pc;
    if (!pc) return null;
    await negotiate(pc, { iceRestart: true }, async (sdp) => {
      return (await this.rpc.call("media.restart", { ...this.#scope, sdp })).sdp;
    });
    return pc;
  }

  #watch(peer: Peer): void {
    const { pc } = peer;
    pc.onconnectionstatechange = () => {
      if (this.#peer !== peer) return;
      if (pc.connectionState === "failed") this.#heal(false);
      if (pc.connectionState !== "disconnected") return;
      this.state.value = "recovering";
      setTimeout(() => {
        if (this.#peer !== peer) return;
        if (pc.connectionState === "connected") this.state.value = "connected";
        else this.#heal(false);
      }, DISCONNECTED_MS);
    };
    this.#stopStats = watchStats(pc, (stats) => (this.stats.value = stats));
  }

  #closePeer(): void {
    this.#stopStats?.();
    this.#stopStats = null;
    this.#peer?.pc.close();
    this.#peer = null;
  }

  async #send(peer: Peer, stream: MediaStream | null): Promise<void> {
    await peer.audio.replaceTrack(stream?.getAudioTracks()[0] ?? null);
    await peer.video.replaceTrack(stream?.getVideoTracks()[0] ?? null);
  }

  #show(slots: Slot[]): void {
    this.#slots = slots;
    const peer = this.#peer;
    if (!peer) return;
    this.incoming.value = slots.flatMap(({ index, party_id, role, name }) => {
      const stream = peer.slots[index];
      return stream && party_id !== null ? [{ party_id, role: role ?? "applicant", name: name ?? "", stream }] : [];
    });
  }
}
