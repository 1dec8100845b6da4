/** One try of the face check: sends the camera to the server, shows what it asks, and ends with its result. */
import { batch, signal } from "@preact/signals";
import type { Prompt, Reason, Task, TryDecision, TryResult } from "../../client/api_facecheck";
import type { LocalMedia } from "../../client/devices";
import { connected, makePeer, negotiate, preferSharpness } from "../../client/peer";
import { Problem, toProblem } from "../../client/problem";
import type { Rpc } from "../../client/rpc";

/** `judging`: everything was shown; the result is on its way. */
export type LiveState = "idle" | "starting" | "running" | "judging";

/** A prompt, and when it came: the remaining time is counted on from there. */
export interface Shown extends Prompt {
  received_ms: number;
}

/** The task to do now. One that is done needs only a last look ahead. */
export function taskOf(prompt: Prompt | null): Task | null {
  const settled = prompt !== null && prompt.progress >= 1 && prompt.hint === "look_straight";
  return prompt?.state === "task" && !settled ? prompt.task : null;
}

const CONNECT_MS = 10_000;
/* The server comes to a result within seconds after the last task; a page must not wait for ever. */
const JUDGING_MS = 30_000;
const LABEL_MAX = 128;

export class LiveTry {
  readonly state = signal<LiveState>("idle");
  readonly prompt = signal<Shown | null>(null);
  readonly result = signal<{ decision: TryDecision; reasons: Reason[] } | null>(null);
  readonly problem = signal<Problem | null>(null);

  readonly #stops: (() => void)[];
  #pc: RTCPeerConnection | null = null;
  #stay: AbortController | null = null;
  #late: ReturnType<typeof setTimeout> | undefined;
  /** Null until the server has named it: what comes before that is of the try just begun. */
  #id: string | null = null;

  constructor(
    private readonly rpc: Rpc,
    private readonly local: LocalMedia,
  ) {
    this.#stops = [
      rpc.on("facecheck.prompt", (prompt) => this.#show(prompt)),
      rpc.on("facecheck.result", (result) => this.#finish(result)),
    ];
  }

  get running(): boolean {
    return this.state.value !== "idle";
  }

  /** The camera must be open. */
  async start(): Promise<void> {
    const stream = this.local.stream.peek();
    if (!stream || this.state.peek() !== "idle") return;
    this.#begin();
    const stay = new AbortController();
    this.#stay = stay;
    const peer = makePeer(stream);
    this.#pc = peer.pc;
    try {
      const device_label = stream.getVideoTracks()[0]?.label.slice(0, LABEL_MAX) ?? "";
      await negotiate(peer.pc, {}, async (sdp) => {
        const answer = await this.rpc.call("facecheck.start", { sdp, ...(device_label === "" ? {} : { device_label }) });
        this.#id = answer.try_id;
        return answer.sdp;
      });
      await preferSharpness(peer.video);
      const up = await connected(peer.pc, CONNECT_MS, stay.signal);
      if (stay.signal.aborted) return;
      if (!up) throw new Problem("no_connection", "media did not connect");
      this.#watch(peer.pc);
      if (this.state.peek() === "starting") this.state.value = "running";
    } catch (error) {
      if (!stay.signal.aborted) this.interrupt(toProblem(error));
    }
  }

  /** Ends a running try, because the person says so or something broke. */
  interrupt(problem: Problem | null): void {
    if (this.state.peek() === "idle") return;
    this.rpc.call("facecheck.stop", {}).catch(() => undefined);
    batch(() => {
      this.#close();
      this.problem.value = problem;
    });
  }

  /** The connection to the server is new; a try does not outlive the one in which it was begun. */
  lost(): void {
    if (this.state.peek() === "idle") return;
    batch(() => {
      this.#close();
      this.problem.value = new Problem("try_interrupted", "the connection went down during a try");
    });
  }

  dispose(): void {
    this.#close();
    for (const stop of this.#stops.splice(0)) stop();
  }

  #begin(): void {
    batch(() => {
      this.#id = null;
      this.problem.value = null;
      this.result.value = null;
      this.prompt.value = null;
      this.state.value = "starting";
    });
  }

  #close(): void {
    clearTimeout(this.#late);
    this.#stay?.abort();
    this.#stay = null;
    this.#pc?.close();
    this.#pc = null;
    this.state.value = "idle";
    this.prompt.value = null;
    this.local.close();
  }

  #mine(id: string): boolean {
    return this.state.peek() !== "idle" && (this.#id === null || this.#id === id);
  }

  #show(prompt: Prompt): void {
    if (!this.#mine(prompt.try_id)) return;
    batch(() => {
      this.prompt.value = { ...prompt, received_ms: performance.now() };
      this.state.value = prompt.state === "done" ? "judging" : "running";
    });
    clearTimeout(this.#late);
    if (prompt.state !== "done") return;
    this.#late = setTimeout(() => this.interrupt(new Problem("timeout", "no result")), JUDGING_MS);
  }

  #finish(result: TryResult): void {
    if (!this.#mine(result.try_id)) return;
    batch(() => {
      this.#close();
      this.result.value = { decision: result.decision, reasons: result.reasons };
    });
  }

  #watch(pc: RTCPeerConnection): void {
    pc.onconnectionstatechange = () => {
      if (this.#pc === pc && pc.connectionState === "failed") {
        this.interrupt(new Problem("try_interrupted", "the media connection failed during a try"));
      }
    };
  }
}
