/** The mission's calendar: a day or a week of appointments, and who has still to choose one. */
import { batch, computed, signal } from "@preact/signals";
import type { Interview } from "../../client/api";
import type { Calendar as Shown, CalendarEntry } from "../../client/api_review";
import { preference } from "../../client/credentials";
import { addDays } from "../../client/time";
import type { OfficerSession } from "../session";

export type Span = "day" | "week";

const SETTLE_MS = 400;

export class Calendar {
  readonly span = signal<Span>(preference.get("calendar") === "day" ? "day" : "week");
  readonly data = signal<Shown | null>(null);
  /** The interview of the chosen entry, whole. */
  readonly interview = signal<Interview | null>(null);
  readonly chosen = signal<string | null>(null);
  readonly entry = computed<CalendarEntry | null>(() => {
    const { days = [], unbooked = [] } = this.data.value ?? {};
    return [...days.flatMap((day) => day.interviews), ...unbooked].find((one) => one.interview_id === this.chosen.value) ?? null;
  });
  /** Null: today. */
  #day: string | null = null;
  #settle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: OfficerSession) {
    session.rpc.on("interview.changed", ({ interview }) => {
      if (!this.data.peek()) return;
      if (this.chosen.peek() === interview.id) this.interview.value = interview;
      clearTimeout(this.#settle);
      this.#settle = setTimeout(() => void this.refresh(), SETTLE_MS);
    });
  }

  async refresh(): Promise<void> {
    await this.session.attempt(async () => {
      const day = this.#day;
      const view = this.span.peek();
      const data = await this.session.rpc.call("schedule.calendar", { view, ...(day === null ? {} : { day }) });
      if (day === this.#day && view === this.span.peek()) this.data.value = data;
    });
  }

  show(span: Span, day: string | null = this.#day): void {
    this.#day = day;
    this.span.value = span;
    preference.set("calendar", span);
    void this.refresh();
  }

  /** A day or a week on, or back. */
  step(by: 1 | -1): void {
    const first = this.data.peek()?.days[0]?.day;
    if (first === undefined) return;
    this.show(this.span.peek(), addDays(first, by * (this.span.peek() === "week" ? 7 : 1)));
  }

  today(): void {
    this.show(this.span.peek(), null);
  }

  choose(id: string | null): void {
    if (id === this.chosen.peek()) return;
    batch(() => {
      this.chosen.value = id;
      this.interview.value = null;
    });
    if (id !== null) void this.#load(id);
  }

  /** Without an officer: one at random. */
  assign(id: string, officerId?: string): Promise<boolean> {
    return this.session.attempt(async () => {
      const officer = officerId === undefined ? {} : { officer_id: officerId };
      const interview = await this.session.rpc.call("interview.assign", { interview_id: id, ...officer });
      if (this.chosen.peek() === id) this.interview.value = interview;
      await this.refresh();
    });
  }

  clear(): void {
    clearTimeout(this.#settle);
    this.#day = null;
    this.choose(null);
    this.data.value = null;
  }

  async #load(id: string): Promise<void> {
    await this.session.attempt(async () => {
      const interview = await this.session.rpc.call("interview.get", { interview_id: id });
      if (this.chosen.peek() === id) this.interview.value = interview;
    });
  }
}
