/** The officer's page as a whole: who is signed in, which section is shown, what is open, what to be told. */
import { batch, signal } from "@preact/signals";
import type { Interview, Officer, Party } from "../client/api";
import { comeBack } from "../client/come_back";
import { CredentialStore, preference } from "../client/credentials";
import { LocalMedia } from "../client/devices";
import { Problem, toProblem } from "../client/problem";
import { apiUrl, Rpc, type Caller } from "../client/rpc";
import { isoDay } from "../client/time";
import { Calendar } from "./calendar/calendar";
import { FaceChecks } from "./checks";
import { Colleagues } from "./conduct/colleagues";
import { Desk } from "./desk";
import { OrderDesk } from "./orders/order_desk";
import { Queue } from "./orders/queue";
import { go, interviewPath, routeOf, sectionNamed, sectionPath, type Section } from "./route";

export interface Toast {
  id: number;
  kind: "second_device" | "declined" | "problem" | "offered" | "unattended" | "opinion_asked";
  name?: string;
  /** Who offers, or asks. */
  from?: string;
  at?: string;
  problem?: Problem;
  interviewId?: string;
}

export class OfficerSession {
  readonly local = new LocalMedia();
  readonly rpc: Rpc;

  readonly officer = signal<Officer | null>(null);
  /** Until the server has said whether the kept token still holds. */
  readonly starting = signal(true);
  readonly demo = signal(false);
  /** This service keeps orders itself; false: a foreign order service does. */
  readonly book = signal(true);
  readonly problem = signal<Problem | null>(null);
  readonly replaced = signal(false);
  readonly drainingUntil = signal<string | null>(null);
  readonly toasts = signal<Toast[]>([]);
  /** The running calls that colleagues offer to this officer. */
  readonly offers = signal<ReadonlySet<string>>(new Set());

  readonly day = signal<string | null>(null);
  readonly interviews = signal<Interview[] | null>(null);
  readonly desk = signal<Desk | null>(null);
  readonly orderDesk = signal<OrderDesk | null>(null);
  /** The section that is shown, or that an open order or interview was opened from. */
  readonly section = signal<Section>("interviews");
  readonly checks: FaceChecks;
  readonly queue: Queue;
  readonly calendar: Calendar;
  readonly colleagues: Colleagues;

  readonly #store = new CredentialStore("officer");
  #nextToast = 1;

  constructor() {
    this.rpc = new Rpc(apiUrl(), (call) => this.#attach(call));
    this.checks = new FaceChecks(this);
    this.queue = new Queue(this);
    this.calendar = new Calendar(this);
    this.colleagues = new Colleagues(this);
    this.rpc.on("interview.changed", ({ interview }) => this.#adopt(interview));
    this.rpc.on("server.draining", ({ until }) => (this.drainingUntil.value = until));
    this.rpc.on("ticket.refused", ({ interview_id, party_id, at }) => {
      this.#toast({ kind: "second_device", name: this.#nameOf(interview_id, party_id), at });
    });
    this.rpc.on("call.declined", ({ interview_id, party_id }) => {
      this.#toast({ kind: "declined", name: this.#nameOf(interview_id, party_id) });
    });
    this.rpc.on("call.offered", ({ interview }) => {
      this.offers.value = new Set(this.offers.peek()).add(interview.id);
      this.#tell("offered", interview);
    });
    this.rpc.on("call.unattended", ({ interview_id }) => {
      const name = this.#applicantOf(interview_id);
      this.#toast({ kind: "unattended", name, interviewId: interview_id });
    });
    this.rpc.on("interview.opinion_asked", ({ interview }) => this.#tell("opinion_asked", interview));
    this.rpc.on("session.replaced", () => {
      this.#close();
      this.rpc.close();
      this.replaced.value = true;
    });
    addEventListener("hashchange", () => this.#route());
  }

  start(): void {
    this.rpc.open();
  }

  takeOver(): void {
    this.replaced.value = false;
    this.rpc.reopen();
  }

  async signIn(login: string, password: string): Promise<void> {
    this.problem.value = null;
    try {
      const { token, officer } = await this.rpc.call("officer.sign_in", { login, password });
      this.#store.save({ token });
      this.#signedIn(officer);
    } catch (error) {
      this.problem.value = toProblem(error);
    }
  }

  async signOut(): Promise<void> {
    await this.rpc.call("session.end", {}).catch(() => undefined);
    this.#store.clear();
    location.hash = "";
    this.#signedOut(null);
    this.rpc.reopen();
  }

  async showDay(day: string | null): Promise<void> {
    await this.attempt(async () => {
      const list = await this.rpc.call("interview.list", day === null ? {} : { day });
      batch(() => {
        this.day.value = list.day;
        this.interviews.value = list.interviews;
      });
    });
  }

  /** Does something and tells what went wrong; true when it worked. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === "session_expired" || problem.code === "not_signed_in") this.#signedOut(problem);
      else this.#toast({ kind: "problem", problem });
      return false;
    }
  }

  /** Takes over what a colleague offers, and goes there. */
  async takeOverCall(interviewId: string): Promise<void> {
    const worked = await this.attempt(async () => {
      this.#adopt(await this.rpc.call("call.take_over", { interview_id: interviewId }));
    });
    if (!worked) return;
    this.toasts.value = this.toasts.peek().filter((toast) => toast.interviewId !== interviewId);
    go(interviewPath(interviewId));
  }

  dismiss(toast: Toast): void {
    this.toasts.value = this.toasts.peek().filter((other) => other !== toast);
  }

  async #attach(call: Caller): Promise<void> {
    const { hello, session, problem } = await comeBack(call, this.#store);
    this.demo.value = hello.demo;
    this.book.value = hello.book;
    if (!hello.draining) this.drainingUntil.value = null;
    if (session?.officer) this.#signedIn(session.officer);
    else this.#signedOut(problem);
  }

  #signedIn(officer: Officer): void {
    batch(() => {
      this.officer.value = officer;
      this.starting.value = false;
      this.problem.value = null;
    });
    if (this.book.peek()) void this.queue.refresh();
    void this.showDay(this.day.peek());
    void this.checks.refresh();
    this.#route();
    void this.desk.peek()?.refresh();
    void this.orderDesk.peek()?.refresh();
    if (this.calendar.data.peek()) void this.calendar.refresh();
  }

  #signedOut(problem: Problem | null): void {
    this.#close();
    this.checks.clear();
    this.queue.clear();
    this.calendar.clear();
    this.colleagues.clear();
    batch(() => {
      this.officer.value = null;
      this.interviews.value = null;
      this.starting.value = false;
      this.problem.value = problem;
    });
  }

  /** Opens what the address says. */
  #route(): void {
    if (!this.officer.peek()) return;
    const route = routeOf(location.hash);
    if (route.view === "interview" || (route.view === "order" && this.book.peek())) {
      this.#open(route.view, route.id);
      return;
    }
    this.#close();
    const wanted = route.view === "home" || route.view === "order" ? sectionNamed(preference.get("section")) : route.view;
    this.#enter(wanted === "queue" && !this.book.peek() ? "interviews" : wanted);
  }

  #open(view: "order" | "interview", id: string): void {
    const open = view === "order" ? this.orderDesk.peek() : this.desk.peek();
    if (open?.id === id) return;
    this.#close();
    if (view === "order") {
      const desk = new OrderDesk(this, id);
      this.orderDesk.value = desk;
      void desk.refresh();
    } else {
      const desk = new Desk(this, id);
      this.desk.value = desk;
      void desk.refresh();
    }
  }

  #enter(section: Section): void {
    this.section.value = section;
    preference.set("section", section);
    if (section === "calendar") void this.calendar.refresh();
    if (section === "checks") void this.checks.refresh();
    if (section === "interviews") void this.showDay(this.day.peek());
    if (section === "queue") void this.queue.refresh();
  }

  get backPath(): string {
    return sectionPath(this.section.value);
  }

  #close(): void {
    const open = this.desk.peek() ?? this.orderDesk.peek();
    if (!open) return;
    if (open instanceof Desk) this.local.close();
    open.dispose();
    batch(() => {
      this.desk.value = null;
      this.orderDesk.value = null;
    });
  }

  #adopt(interview: Interview): void {
    this.desk.peek()?.adopt(interview);
    const list = this.interviews.peek();
    if (!list) return;
    const known = list.find((other) => other.id === interview.id);
    if (known && known.version > interview.version) return;
    const rest = list.filter((other) => other.id !== interview.id);
    const { scheduled_at: at } = interview;
    const onThisDay = at !== null && isoDay(at, interview.mission.time_zone) === this.day.peek();
    const next = onThisDay ? [...rest, interview] : rest;
    this.interviews.value = next.sort((a, b) => (a.scheduled_at ?? "").localeCompare(b.scheduled_at ?? ""));
  }

  #partiesOf(interviewId: string): Party[] {
    const open = this.desk.peek()?.interview.peek();
    const known = [...(open ? [open] : []), ...(this.interviews.peek() ?? [])];
    return known.find((other) => other.id === interviewId)?.parties ?? [];
  }

  #nameOf(interviewId: string, partyId: string): string {
    return this.#partiesOf(interviewId).find((party) => party.id === partyId)?.name ?? "";
  }

  #applicantOf(interviewId: string): string {
    return this.#partiesOf(interviewId).find((party) => party.role === "applicant")?.name ?? "";
  }

  /** A colleague wants something of this officer in an interview. */
  #tell(kind: "offered" | "opinion_asked", interview: Interview): void {
    this.#adopt(interview);
    const { name = "" } = interview.parties.find((party) => party.role === "applicant") ?? {};
    const { name: from = "" } = interview.parties.find((party) => party.role === "officer") ?? {};
    this.#toast({ kind, name, from, interviewId: interview.id });
  }

  #toast(toast: Omit<Toast, "id">): void {
    this.toasts.value = [...this.toasts.peek().slice(-3), { ...toast, id: this.#nextToast++ }];
  }
}
