/** What both pages follow of a running interview: who sends what, how well, and which picture is being taken. */
import { batch, signal } from "@preact/signals";
import type { CameraState, CaptureKind, MicrophoneState, Quality } from "./api";
import type { CallHint } from "./api_review";
import type { Rpc } from "./rpc";

export interface SentMedia {
  microphone: MicrophoneState;
  camera: CameraState;
}

export interface Taking {
  party_id: string;
  kind: CaptureKind;
}

/** What the officer asks the party of this page to do. */
export interface Hint {
  hint: CallHint;
  from: string;
}

/* Long enough to be read and done. */
const HINT_MS = 8000;
/* A capture takes some 200 ms; a person needs longer to read what the page says about it. */
const TAKING_MIN_MS = 1500;

export class Room {
  readonly sends = signal<ReadonlyMap<string, SentMedia>>(new Map());
  readonly quality = signal<ReadonlyMap<string, Quality>>(new Map());
  readonly taking = signal<Taking | null>(null);
  readonly hint = signal<Hint | null>(null);
  readonly #stops: (() => void)[];
  #takenAt = 0;

  /** Without an id: the one interview of this connection. */
  constructor(rpc: Rpc, interviewId?: string) {
    const mine = (id: string): boolean => interviewId === undefined || id === interviewId;
    let clear: ReturnType<typeof setTimeout> | undefined;
    let clearHint: ReturnType<typeof setTimeout> | undefined;
    this.#stops = [
      () => clearTimeout(clear),
      () => clearTimeout(clearHint),
      rpc.on("call.hint", (hint) => {
        this.hint.value = hint;
        clearTimeout(clearHint);
        clearHint = setTimeout(() => (this.hint.value = null), HINT_MS);
      }),
      rpc.on("party.media", ({ interview_id, party_id, microphone, camera }) => {
        if (mine(interview_id)) this.sends.value = new Map(this.sends.peek()).set(party_id, { microphone, camera });
      }),
      rpc.on("call.quality", ({ interview_id, parties }) => {
        if (mine(interview_id)) this.quality.value = new Map(parties.map((quality) => [quality.party_id, quality]));
      }),
      rpc.on("capture.started", ({ interview_id, party_id, kind }) => {
        if (!mine(interview_id)) return;
        clearTimeout(clear);
        this.#takenAt = Date.now();
        this.taking.value = { party_id, kind };
      }),
      rpc.on("capture.finished", ({ interview_id }) => {
        if (!mine(interview_id)) return;
        const shown = Date.now() - this.#takenAt;
        clearTimeout(clear);
        clear = setTimeout(() => (this.taking.value = null), Math.max(0, TAKING_MIN_MS - shown));
      }),
    ];
  }

  /** Nothing is known any more: the connection was lost, or the call is over. */
  reset(): void {
    batch(() => {
      this.quality.value = new Map();
      this.taking.value = null;
      this.hint.value = null;
    });
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
