/** The applicant's page as a whole: its connection, its interview or face check, and which view that makes. Guardians
 * and interpreters use the same page. */
import { batch, computed, effect, signal } from "@preact/signals";
import type { Interview, Party, Slots } from "../client/api";
import type { FaceCheck } from "../client/api_facecheck";
import { Call } from "../client/call";
import { serverNowMs, syncClock, ticking } from "../client/clock";
import { CredentialStore, deviceSecret, tabMark } from "../client/credentials";
import { browserProblem, LocalMedia } from "../client/devices";
import { saveAppointment } from "../client/files";
import { Problem, toProblem, type ProblemCode } from "../client/problem";
import { Room } from "../client/room";
import { apiUrl, Rpc, type Caller } from "../client/rpc";
import { Submission } from "./facecheck/submission";

export type View =
  | "problem"
  | "replaced"
  | "loading"
  | "facecheck"
  | "booking"
  | "countdown"
  | "check"
  | "waiting"
  | "incoming"
  | "call"
  | "over";

/** What a link opens. */
type Opened = { interview?: Interview; facecheck?: FaceCheck };

/** Only these make the page stop; any other problem is told where it happened. */
const SESSION_GONE: ReadonlySet<ProblemCode> = new Set(["session_expired", "not_signed_in"]);

const OPEN_RETRY_MS = 1000;
/** Without an appointment there is no hurry to look again. */
const UNBOOKED_RETRY_MS = 60_000;
const BOOK_AHEAD_MS = 60 * 86_400_000;

export class ApplicantSession {
  readonly local = new LocalMedia();
  readonly rpc: Rpc;
  readonly call: Call;
  readonly room: Room;

  /** Accounts and orders are kept here, so that a way leads to them. */
  readonly hasOrders = signal(true);
  readonly interview = signal<Interview | null>(null);
  /** Set where the link was made for a face check instead of an interview. */
  readonly submission = signal<Submission | null>(null);
  /** Another window took a face check over, not an interview. */
  wasCheck = false;
  readonly opensAt = signal<string | null>(null);
  /** A guardian or interpreter waits until the applicant has chosen a time. */
  readonly unbooked = signal(false);
  /** What may be booked; null: not asked yet. */
  readonly offer = signal<Slots | null>(null);
  /** Keeps the page from going on at all. */
  readonly fatal = signal<Problem | null>(null);
  /** Of the last thing that was tried. */
  readonly problem = signal<Problem | null>(null);
  readonly replaced = signal(false);
  readonly drainingUntil = signal<string | null>(null);
  /** The device check was passed in this tab. */
  readonly checked = signal(tabMark.get("checked") === "yes");
  /** The reader wants to see the check again. */
  readonly rechecking = signal(false);
  readonly declined = signal(false);
  /** Left the running call, and may come back. */
  readonly left = signal(false);
  /** The interview whose call was accepted in this tab: a reload returns to it, a new tab asks first. */
  readonly #accepted = signal(tabMark.get("accepted") ?? "");
  readonly #store = new CredentialStore("applicant");
  readonly #stopFollowing: () => void;
  #opening: ReturnType<typeof setTimeout> | undefined;

  readonly me = computed<Party | null>(() => {
    const interview = this.interview.value;
    return interview?.parties.find((party) => party.id === interview.you.party_id) ?? null;
  });
  readonly accepted = computed(() => this.interview.value !== null && this.#accepted.value === this.interview.value.id);
  /** The applicant chooses, moves or gives back the appointment. */
  readonly mayBook = computed(() => {
    const interview = this.interview.value;
    return interview?.you.role === "applicant" && ["required", "scheduled", "missed"].includes(interview.state);
  });
  readonly view = computed<View>(() => this.#view());

  constructor(ticket: string | undefined) {
    if (ticket !== undefined) this.#store.save({ ticket });
    this.rpc = new Rpc(apiUrl(), (call) => this.#attach(call));
    this.call = new Call(this.rpc, this.local);
    this.room = new Room(this.rpc);
    this.rpc.on("interview.changed", ({ interview }) => this.#adopt(interview));
    this.rpc.on("server.draining", ({ until }) => (this.drainingUntil.value = until));
    this.rpc.on("session.replaced", () => {
      this.call.leave();
      this.local.close();
      this.#closeSubmission();
      this.rpc.close();
      this.replaced.value = true;
    });
    this.#stopFollowing = this.#followCall();
  }

  start(): void {
    const problem = browserProblem();
    const { ticket, token } = this.#store.load();
    if (problem) this.fatal.value = new Problem(problem, "this browser cannot make calls");
    else if (ticket === undefined && token === undefined) this.fatal.value = new Problem("no_ticket", "no ticket");
    else this.rpc.open();
  }

  /** The page goes elsewhere: nothing of the call stays open. */
  dispose(): void {
    this.#stopFollowing();
    clearTimeout(this.#opening);
    this.call.dispose();
    this.room.dispose();
    this.local.close();
    this.#closeSubmission();
    this.rpc.close();
  }

  /** After a fatal problem, or when this window shall take the call over. */
  restart(): void {
    batch(() => {
      this.fatal.value = null;
      this.replaced.value = false;
    });
    this.rpc.reopen();
  }

  async ready(): Promise<void> {
    await this.#try(async () => {
      this.#adopt(await this.rpc.call("interview.ready", {}));
      this.checked.value = true;
      this.rechecking.value = false;
      tabMark.set("checked", "yes");
    });
  }

  async lookForTimes(): Promise<void> {
    const from = serverNowMs();
    const range = { from: new Date(from).toISOString(), to: new Date(from + BOOK_AHEAD_MS).toISOString() };
    await this.#try(async () => {
      this.offer.value = await this.rpc.call("schedule.slots", range);
    });
  }

  /** True when the time is the applicant's now. */
  async book(at: string): Promise<boolean> {
    const method = this.interview.peek()?.state === "scheduled" ? "schedule.reschedule" : "schedule.book";
    let booked = false;
    await this.#try(async () => {
      this.#adopt(await this.rpc.call(method, { at }));
      booked = true;
    });
    const problem = this.problem.peek();
    await this.lookForTimes();
    if (!booked) this.problem.value = problem;
    return booked;
  }

  async giveBack(): Promise<void> {
    await this.#try(async () => this.#adopt(await this.rpc.call("schedule.cancel", {})));
  }

  async saveAppointment(): Promise<void> {
    const interview = this.interview.peek();
    if (interview) await this.#try(() => saveAppointment("applicant", interview.id, interview.order_ref));
  }

  async accept(): Promise<void> {
    this.declined.value = false;
    this.left.value = false;
    await Promise.all([
      this.local.open(),
      this.#try(async () => {
        const interview = await this.rpc.call("call.accept", {});
        this.#mark(interview.id);
        this.#adopt(interview);
      }),
    ]);
  }

  async decline(): Promise<void> {
    await this.#try(async () => {
      this.#adopt(await this.rpc.call("call.decline", {}));
      this.declined.value = true;
    });
  }

  /** Hangs up. Only the officer ends the interview; until then the way back stays open. */
  leave(): void {
    this.rpc.call("media.leave", {}).catch(() => undefined);
    this.left.value = true;
    this.#mark("");
    this.local.close();
  }

  #view(): View {
    if (this.fatal.value) return "problem";
    if (this.replaced.value) return "replaced";
    if (this.submission.value) return "facecheck";
    const interview = this.interview.value;
    const me = this.me.value;
    if (!interview || !me) return this.opensAt.value !== null || this.unbooked.value ? "countdown" : "loading";
    switch (interview.state) {
      case "ended":
      case "missed":
      case "aborted":
        return "over";
      case "required":
        return me.role === "applicant" ? "booking" : "countdown";
      case "in_call":
        if (me.admitted) return this.accepted.value ? "call" : "incoming";
        break;
      case "ringing":
        if (me.ready && !this.accepted.value) return "incoming";
        break;
      default:
        break;
    }
    if (!this.checked.value && !me.ready) {
      return interview.opens_at !== null && Date.parse(interview.opens_at) > ticking.value ? "countdown" : "check";
    }
    return this.rechecking.value ? "check" : "waiting";
  }

  /** Signs a new connection in: with the token if it still holds, else with the ticket. */
  async #attach(call: Caller): Promise<void> {
    const hello = await call("server.hello", {});
    syncClock(hello.now);
    this.hasOrders.value = hello.book;
    if (!hello.draining) this.drainingUntil.value = null;
    try {
      this.#joined(await this.#signIn(call));
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === "offline" || problem.code === "timeout") throw problem;
      if (problem.code === "not_open") this.#waitForOpening(problem);
      else this.fatal.value = problem;
    }
  }

  async #signIn(call: Caller): Promise<Opened> {
    const { ticket, token } = this.#store.load();
    if (token !== undefined) {
      try {
        const opened = await call("session.resume", { token });
        if (opened.interview || opened.facecheck) return opened;
      } catch (error) {
        if (ticket === undefined || !SESSION_GONE.has(toProblem(error).code)) throw error;
      }
    }
    if (ticket === undefined) throw new Problem("session_expired", "neither a session nor a ticket");
    const session = await this.#redeem(call, ticket);
    this.#store.save({ ticket, token: session.token });
    return session;
  }

  /** Without an appointment, or after a missed one, the applicant comes to choose; others wait until that is done. */
  async #redeem(call: Caller, ticket: string): Promise<Opened & { token: string }> {
    const device = deviceSecret();
    try {
      return await call("ticket.redeem", { ticket, device });
    } catch (error) {
      const { code, data } = toProblem(error);
      const choosing = (code === "not_open" && data.opens_at === null) || (code === "interview_over" && data.state === "missed");
      if (!choosing) throw error;
      return await call("ticket.redeem", { ticket, device, purpose: "schedule" }).catch((refused: unknown) => {
        throw toProblem(refused).code === "forbidden" ? error : refused;
      });
    }
  }

  #joined({ interview, facecheck }: Opened): void {
    if (facecheck) this.#joinedCheck(facecheck);
    else if (interview) this.#joinedInterview(interview);
  }

  #joinedCheck(check: FaceCheck): void {
    this.fatal.value = null;
    const submission = this.submission.peek();
    if (submission) submission.rejoined(check);
    else this.submission.value = new Submission(this.rpc, check);
  }

  #closeSubmission(): void {
    this.wasCheck = this.submission.peek() !== null;
    this.submission.peek()?.dispose();
    this.submission.value = null;
  }

  #joinedInterview(interview: Interview): void {
    batch(() => {
      this.fatal.value = null;
      this.opensAt.value = null;
      this.unbooked.value = false;
      this.room.reset();
      this.#adopt(interview);
    });
    this.call.resync(interview.media.joined);
    // Who was lost for longer than the server's grace has left the waiting room; the page still stands in it.
    if (this.view.peek() === "waiting" && !this.me.peek()?.ready) void this.ready();
  }

  #waitForOpening(problem: Problem): void {
    const opensAt = problem.data.opens_at ?? null;
    this.opensAt.value = opensAt;
    this.unbooked.value = opensAt === null;
    const left = opensAt !== null ? Date.parse(opensAt) - serverNowMs() : UNBOOKED_RETRY_MS;
    // Timers beyond 24 days fire at once.
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => this.rpc.reopen(), Math.min(Math.max(left, OPEN_RETRY_MS), 86_400_000));
  }

  #adopt(interview: Interview): void {
    const known = this.interview.peek();
    if (known && known.id === interview.id && known.version > interview.version) return;
    if (interview.state === "scheduled" || interview.state === "waiting") this.#mark("");
    this.interview.value = interview;
  }

  #mark(interviewId: string): void {
    this.#accepted.value = interviewId;
    tabMark.set("accepted", interviewId);
  }

  /** Media follow the view: in the call they are sent, after it the camera goes off. */
  #followCall(): () => void {
    return effect(() => {
      const view = this.view.value;
      if (view === "call") void this.local.open().then(() => this.call.join());
      else this.call.leave();
      if (view === "waiting") void this.local.open();
      if (view === "over" || view === "problem") this.local.close();
      if (view === "problem") this.submission.peek()?.live.lost();
      if (view !== "call") this.room.reset();
    });
  }

  async #try(action: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    try {
      await action();
    } catch (error) {
      const problem = toProblem(error);
      if (SESSION_GONE.has(problem.code)) this.rpc.reopen();
      else this.problem.value = problem;
    }
  }
}
