/** One interview on the officer's desk: its call, captures with what they show, notes, and the order's face checks. */
import { computed, effect, signal } from "@preact/signals";
import type { Capture, CaptureKind, Interview, Note, Outcome, Party } from "../client/api";
import type { FaceCheck, Findings, SamePerson } from "../client/api_facecheck";
import { Call } from "../client/call";
import { tabMark } from "../client/credentials";
import { Pictures } from "../client/pictures";
import { Problem, toProblem } from "../client/problem";
import { Room } from "../client/room";
import { withCheck } from "./checks";
import { Conduct } from "./conduct/conduct";
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
  /** Of the same order, the newest first. */
  readonly checks = signal<FaceCheck[]>([]);
  /** The capture whose dialog is open. */
  readonly opened = signal<string | null>(null);
  /** The last quiet check of the applicant's face, and whether they are made. */
  readonly samePerson = signal<SamePerson | null>(null);
  readonly watching = signal(true);
  readonly captureStatus = signal<CaptureStatus>({ state: "idle" });
  readonly call: Call;
  readonly room: Room;
  readonly pictures = new Pictures("officer");
  readonly conduct: Conduct;

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
    this.conduct = new Conduct(this);
    this.watching.value = tabMark.get(`watch.${id}`) !== "off";
    this.#stops = [
      rpc.on("capture.analysed", ({ interview_id, capture_id, findings }) => {
        if (interview_id === id) this.#addFindings(capture_id, findings);
      }),
      rpc.on("interview.same_person", (seen) => {
        // A check that was under way when they were switched off still tells its result.
        if (seen.interview_id === id && this.watching.peek()) this.samePerson.value = seen;
      }),
      rpc.on("facecheck.changed", ({ facecheck }) => {
        if (facecheck.order_ref === this.interview.peek()?.order_ref) this.checks.value = withCheck(this.checks.peek(), facecheck);
      }),
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
      void this.conduct.refresh();
      const [{ captures }, { notes }, { facechecks }] = await Promise.all([
        rpc.call("capture.list", of),
        rpc.call("note.list", of),
        rpc.call("facecheck.list", { order_ref: interview.order_ref }),
      ]);
      this.captures.value = captures;
      this.notes.value = notes;
      this.checks.value = facechecks;
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
    this.conduct.dispose();
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

  /** Of the party that is seen large, or of this one; true when it is stored. */
  async capture(kind: CaptureKind, of: Party | null = this.large.peek()): Promise<boolean> {
    if (of) this.showLarge(of);
    if (!of || !this.capturable.peek()) return false;
    this.captureStatus.value = { state: "running", kind };
    try {
      const capture = await this.session.rpc.call("capture.take", { interview_id: this.id, party_id: of.id, kind });
      this.#addCapture(capture);
      this.captureStatus.value = { state: "stored", seq: capture.seq };
      return true;
    } catch (error) {
      this.captureStatus.value = { state: "failed", problem: toProblem(error) };
      return false;
    }
  }

  addNote(text: string): Promise<boolean> {
    return this.session.attempt(async () => {
      this.#addNote(await this.session.rpc.call("note.add", { interview_id: this.id, text }));
    });
  }

  /** Switches the quiet checks of the applicant's face. */
  watch(enabled: boolean): Promise<boolean> {
    return this.session.attempt(async () => {
      const set = await this.session.rpc.call("interview.watch", { interview_id: this.id, enabled });
      this.watching.value = set.enabled;
      this.samePerson.value = null;
      tabMark.set(`watch.${this.id}`, set.enabled ? "on" : "off");
    });
  }

  async #change(action: () => Promise<Interview>): Promise<boolean> {
    return this.session.attempt(async () => this.adopt(await action()));
  }

  /* The reply and the notification tell of the same thing, in either order. */
  #addCapture(capture: Capture): void {
    const known = this.captures.peek().find((other) => other.id === capture.id);
    if (known?.analysis === "done") return;
    const rest = this.captures.peek().filter((other) => other !== known);
    this.captures.value = [...rest, this.#withEarlyFindings(capture)].sort((a, b) => a.seq - b.seq);
  }

  /* Findings may overtake the news of their capture. */
  readonly #early = new Map<string, Findings | null>();

  #addFindings(captureId: string, findings: Findings | null): void {
    const known = this.captures.peek().find((other) => other.id === captureId);
    if (known) {
      const done: Capture = { ...known, analysis: "done", findings };
      this.captures.value = this.captures.peek().map((other) => (other === known ? done : other));
    } else {
      this.#early.set(captureId, findings);
    }
  }

  #withEarlyFindings(capture: Capture): Capture {
    const findings = this.#early.get(capture.id);
    if (findings === undefined) return capture;
    this.#early.delete(capture.id);
    return { ...capture, analysis: "done", findings };
  }

  #addNote(note: Note): void {
    const rest = this.notes.peek().filter((other) => other.id !== note.id);
    this.notes.value = [...rest, note].sort((a, b) => a.at.localeCompare(b.at));
  }
}
