/** How one interview is conducted: its script, its guardian, and the colleagues who help. */
import { computed, effect, signal } from "@preact/signals";
import type { Interview, Party } from "../../client/api";
import type { Order } from "../../client/api_order";
import type { CallHint, GuardianRelation, OpinionWord, Script, ScriptItem } from "../../client/api_review";
import type { Rpc } from "../../client/rpc";
import type { Desk } from "../desk";
import { openItems, type Obstacle } from "./decide";

export const SIDE_TABS = ["script", "findings", "notes"] as const;
export type SideTab = (typeof SIDE_TABS)[number];

/** A hint is shown as told for this long; the party sees it about as long. */
const TOLD_MS = 4000;

export class Conduct {
  readonly script = signal<Script | null>(null);
  /** The order of the interview, where this service keeps orders. */
  readonly order = signal<Order | null>(null);
  readonly comparing = signal(false);
  readonly tab = signal<SideTab>("script");
  readonly offeredTo = signal<string | null>(null);
  readonly told = signal<{ partyId: string; hint: CallHint } | null>(null);
  #clear: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: () => void;

  /** This officer may tick, identify, tell and hand over. */
  readonly able = computed(() => this.desk.interview.value?.state === "in_call" && this.desk.conducting.value);
  /** Whose opinion is asked for and has not been given. */
  readonly asksMe = computed(() => {
    const opinion = this.desk.interview.value?.opinion;
    return opinion != null && opinion.opinion === null && opinion.officer.id === this.desk.session.officer.value?.id;
  });
  /** The call is offered to this officer, or has nobody who conducts it. */
  readonly mayTakeOver = computed(() => {
    const interview = this.desk.interview.value;
    if (interview?.state !== "in_call" || this.desk.conducting.value) return false;
    const conducted = interview.parties.some((party) => party.role === "officer" && party.present);
    return !conducted || this.desk.session.offers.value.has(interview.id);
  });

  constructor(private readonly desk: Desk) {
    this.#stop = effect(() => {
      // Whoever it was handed to may know more of the script than we do.
      if (this.desk.conducting.value) void this.#loadScript();
      else this.offeredTo.value = null;
    });
  }

  async refresh(): Promise<void> {
    await Promise.all([this.#loadScript(), this.#loadOrder()]);
  }

  dispose(): void {
    clearTimeout(this.#clear);
    this.#stop();
  }

  /** `answer` left out: it is only ticked off. */
  answer(item: ScriptItem, done: boolean, answer = ""): Promise<boolean> {
    return this.desk.session.attempt(async () => {
      const params = { interview_id: this.desk.id, item_id: item.id, done, ...(answer === "" ? {} : { answer }) };
      this.script.value = await this.desk.session.rpc.call("interview.answer", params);
    });
  }

  /** Takes the picture that an item wants, and ticks it off when it is stored. */
  async capture(item: ScriptItem): Promise<void> {
    const applicant = this.desk.applicant.peek();
    if (item.capture === null || !applicant) return;
    if (await this.desk.capture(item.capture, applicant)) await this.answer(item, true);
  }

  /** Goes to the first required item that is open. */
  showOpen(): void {
    const [item] = openItems(this.script.peek());
    this.#focus(item ? `[data-item="${CSS.escape(item.id)}"]` : ".script");
  }

  /** Goes to what is in the way of a decision. */
  show(obstacle: Obstacle): void {
    if (obstacle.code === "guardian_missing") this.#focus(".guardian");
    else this.showOpen();
  }

  #focus(selector: string): void {
    this.tab.value = "script";
    // The tab's panel is drawn first.
    requestAnimationFrame(() => {
      const row = document.querySelector<HTMLElement>(selector);
      row?.scrollIntoView({ block: "nearest" });
      row?.querySelector<HTMLElement>("input:not(:disabled), button:not(:disabled)")?.focus();
    });
  }

  identify(partyId: string, relation: GuardianRelation, captureId: string): Promise<boolean> {
    return this.#change((of, rpc) => rpc.call("interview.guardian", { ...of, party_id: partyId, relation, capture_id: captureId }));
  }

  async handOver(officerId: string, name: string): Promise<boolean> {
    const offered = await this.#change((of, rpc) => rpc.call("call.hand_over", { ...of, officer_id: officerId }));
    if (offered) this.offeredTo.value = name;
    return offered;
  }

  askOpinion(officerId: string): Promise<boolean> {
    return this.#change((of, rpc) => rpc.call("interview.ask_opinion", { ...of, officer_id: officerId }));
  }

  giveOpinion(opinion: OpinionWord, reason: string): Promise<boolean> {
    const said = { opinion, ...(reason === "" ? {} : { reason }) };
    return this.#change((of, rpc) => rpc.call("interview.opinion", { ...of, ...said }));
  }

  async hint(party: Party, hint: CallHint): Promise<void> {
    await this.desk.session.attempt(async () => {
      await this.desk.session.rpc.call("call.hint", { interview_id: this.desk.id, party_id: party.id, hint });
      this.told.value = { partyId: party.id, hint };
      clearTimeout(this.#clear);
      this.#clear = setTimeout(() => (this.told.value = null), TOLD_MS);
    });
  }

  #change(change: (of: { interview_id: string }, rpc: Rpc) => Promise<Interview>): Promise<boolean> {
    return this.desk.session.attempt(async () => {
      this.desk.adopt(await change({ interview_id: this.desk.id }, this.desk.session.rpc));
    });
  }

  async #loadScript(): Promise<void> {
    await this.desk.session.attempt(async () => {
      this.script.value = await this.desk.session.rpc.call("interview.script", { interview_id: this.desk.id });
    });
  }

  /** By its number, which is all that an interview knows of its order. */
  async #loadOrder(): Promise<void> {
    const number = this.desk.interview.peek()?.order_ref;
    const { rpc, book } = this.desk.session;
    if (number === undefined || !book.peek()) return;
    await this.desk.session.attempt(async () => {
      const { orders } = await rpc.call("review.list", { search: number, limit: 1 });
      this.order.value = orders.find((order) => order.number === number) ?? null;
    });
  }
}
