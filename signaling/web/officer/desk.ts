/** One interview on the officer's desk: its call, captures and notes. */
import { computed, effect, signal } from "@preact/signals";
import type { Capture, CaptureKind, Interview, Note, Outcome, Party } from "../client/api";
import { Call } from "../client/call";
import { Problem, toProblem } from "../client/problem";
import { Room } from "../client/room";
import { Pictures } from "./pictures";
import type { OfficerSession } from "./session";

export type CaptureStatus =
  | { state: "idle" }
  | { state: "running"; kind: CaptureKind }
  | { state: "stored"; seq: number }
  | { state: "failed"; problem: Problem };

export class Desk {
  readonly interview = signal<Interview | null>(null);
  readonly captures = signal<Capture[]>([]);
  readonly notes = signal<Note[]>([]);
  readonly captureStatus = signal<CaptureStatus>({ state: "idle" });
  readonly call: Call;
  readonly room: Room;
  readonly pictures = new Pictures();

  /** The party that the officer chose to see large; the applicant until then. */
  readonly #chosen = signal<string | null>(null);
  readonly #stops: (() => void)[];

  readonly applicant = computed<Party | null>(
    () => this.interview.value?.parties.find((party) => party.role === "applicant") ?? null,
  );
  /** Seen large, and whose picture is taken. */
  readonly large = computed<Party | null>(() => {
    const parties = this.interview.value?.parties ?? [];
    return parties.find((party) => party.id === this.#chosen.value) ?? this.applicant.value;
  });
  /** This officer is in the room, or may go in. */
  readonly conducting = computed(() => {
    const interview = this.interview.value;
    const live = interview?.state === "ringing" || interview?.state === "in_call";
    return live && interview?.you.party_id !== null;
  });
  readonly capturable = computed(() => {
    const party = this.large.value;
    return (
      this.interview.value?.state === "in_call" &&
      this.conducting.value &&
      party?.media === "connected" &&
      this.room.sends.value.get(party.id)?.camera !== "off" &&
      this.captureStatus.value.state !== "running"
    );
  });

  constructor(
    readonly session: OfficerSession,
    readonly id: string,
  ) {
    const { rpc, local } = session;
    this.call = new Call(rpc, local, id);
    this.room = new Room(rpc, id);
    this.#stops = [
      rpc.on("capture.added", ({ interview_id, capture }) => {
        if (interview_id === id) this.#addCapture(capture);
      }),
      rpc.on("note.added", ({ interview_id, note }) => {
        if (interview_id === id) this.#addNote(note);
      }),
      effect(() => {
        if (this.conducting.value) void local.open().then(() => this.call.join());
        else this.call.leave();
      }),
    ];
  }

  /** After opening it, and after every reconnect. */
  async refresh(): Promise<void> {
    const { rpc } = this.session;
    const of = { interview_id: this.id };
    await this.session.attempt(async () => {
      const interview = await rpc.call("interview.get", of);
      this.interview.value = interview;
      this.call.resync(interview.media.joined);
      const [{ captures }, { notes }] = await Promise.all([rpc.call("capture.list", of), rpc.call("note.list", of)]);
      this.captures.value = captures;
      this.notes.value = notes;
    });
  }

  adopt(interview: Interview): void {
    if (interview.id !== this.id) return;
    const known = this.interview.peek();
    if (!known || known.version <= interview.version) this.interview.value = interview;
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.call.dispose();
    this.room.dispose();
    this.pictures.dispose();
  }

  showLarge(party: Party): void {
    this.#chosen.value = party.id;
  }

  start(): Promise<boolean> {
    return this.#change(() => this.session.rpc.call("call.start", { interview_id: this.id }));
  }

  cancel(): Promise<boolean> {
    return this.#change(() => this.session.rpc.call("call.cancel", { interview_id: this.id }));
  }

  admit(party: Party): Promise<boolean> {
    return this.#change(() => this.session.rpc.call("call.admit", { interview_id: this.id, party_id: party.id }));
  }

  end(outcome: Outcome, reason: string): Promise<boolean> {
    return this.#change(() => this.session.rpc.call("call.end", { interview_id: this.id, outcome, reason }));
  }

  abort(reason: string): Promise<boolean> {
    return this.#change(() => this.session.rpc.call("call.abort", { interview_id: this.id, reason }));
  }

  missed(reason: string): Promise<boolean> {
    const params = { interview_id: this.id, ...(reason === "" ? {} : { reason }) };
    return this.#change(() => this.session.rpc.call("call.missed", params));
  }

  async capture(kind: CaptureKind): Promise<void> {
    const party = this.large.peek();
    if (!party || !this.capturable.peek()) return;
    this.captureStatus.value = { state: "running", kind };
    try {
      const capture = await this.session.rpc.call("capture.take", { interview_id: this.id, party_id: party.id, kind });
      this.#addCapture(capture);
      this.captureStatus.value = { state: "stored", seq: capture.seq };
    } catch (error) {
      this.captureStatus.value = { state: "failed", problem: toProblem(error) };
    }
  }

  addNote(text: string): Promise<boolean> {
    return this.session.attempt(async () => {
      this.#addNote(await this.session.rpc.call("note.add", { interview_id: this.id, text }));
    });
  }

  async #change(action: () => Promise<Interview>): Promise<boolean> {
    return this.session.attempt(async () => this.adopt(await action()));
  }

  /* The reply and the notification tell of the same thing, in either order. */
  #addCapture(capture: Capture): void {
    const rest = this.captures.peek().filter((other) => other.id !== capture.id);
    this.captures.value = [...rest, capture].sort((a, b) => a.seq - b.seq);
  }

  #addNote(note: Note): void {
    const rest = this.notes.peek().filter((other) => other.id !== note.id);
    this.notes.value = [...rest, note].sort((a, b) => a.at.localeCompare(b.at));
  }
}
