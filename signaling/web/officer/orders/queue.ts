/** The mission's orders as the queue shows them: four lists, what is looked for, and which row is the one. */
import { batch, computed, signal } from "@preact/signals";
import type { Order, OrderState } from "../../client/api_order";
import { QUEUE_LISTS, type QueueList, type ReviewQueue } from "../../client/api_review";
import { keepChoice } from "../selection";
import type { OfficerSession } from "../session";
import { withOrder } from "./order";

export const QUEUE_TABS = [...QUEUE_LISTS, "all"] as const;
export type QueueTab = (typeof QUEUE_TABS)[number];

interface Found {
  orders: Order[];
  /** Where the rest begins. */
  next: string | null;
}

/** News of orders come one by one; what they do to the day's numbers is asked for once. */
const SETTLE_MS = 400;
const SEARCH_MS = 250;

export class Queue {
  readonly data = signal<ReviewQueue | null>(null);
  readonly tab = signal<QueueTab>("waiting");
  readonly text = signal("");
  readonly state = signal<OrderState | null>(null);
  readonly found = signal<Found | null>(null);
  readonly chosen = signal<string | null>(null);

  /** The rows of the list that is shown; null: not known yet. */
  readonly rows = computed<Order[] | null>(() => {
    const tab = this.tab.value;
    return (tab === "all" ? this.found.value?.orders : this.data.value?.[tab]) ?? null;
  });

  /** Whether the list that is shown goes on. */
  readonly goesOn = computed<boolean>(() => {
    const tab = this.tab.value;
    return ((tab === "all" ? this.found.value?.next : this.data.value?.next[tab]) ?? null) !== null;
  });

  /** Of the list that is shown, how many are loaded; whatever is loaded stays up to date. */
  #pages = 1;
  #read = 0;
  #asked = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: OfficerSession) {
    session.rpc.on("order.changed", ({ order }) => {
      if (this.data.peek()) this.adopt(order);
    });
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#settle);
    const read = ++this.#read;
    await this.session.attempt(async () => {
      const queue = await this.session.rpc.call("review.queue", {});
      const tab = this.tab.peek();
      if (tab !== "all") await this.#load(queue, tab);
      if (read !== this.#read) return; // a later one is on its way
      this.#change(() => void (this.data.value = queue));
    });
  }

  /** The next that waits; null when it could not be had, which is told. */
  async take(): Promise<Order | null> {
    let taken: Order | null = null;
    await this.session.attempt(async () => {
      taken = await this.session.rpc.call("review.take", {});
      this.adopt(taken);
    });
    // Somebody else may have been quicker: then the list is old.
    if (!taken) void this.refresh();
    return taken;
  }

  adopt(order: Order): void {
    const me = this.session.officer.peek()?.id ?? "";
    this.#change(() => {
      const data = this.data.peek();
      if (data) this.data.value = withOrder(data, order, me);
      const found = this.found.peek();
      if (found) this.found.value = { ...found, orders: found.orders.map((old) => (isNewer(old, order) ? order : old)) };
    });
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  show(tab: QueueTab): void {
    batch(() => {
      this.tab.value = tab;
      this.chosen.value = null;
    });
    this.#pages = 1;
    if (tab === "all") void this.find();
  }

  /** All orders in one state. */
  showState(state: OrderState | null): void {
    this.state.value = state;
    this.show("all");
  }

  /** Searches once the typing pauses. */
  type(text: string): void {
    this.text.value = text;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.show("all"), SEARCH_MS);
  }

  find(): Promise<void> {
    return this.#ask(null);
  }

  /** The next page of the list that is shown. */
  more(): Promise<void> {
    if (this.tab.peek() === "all") return this.#ask(this.found.peek()?.next ?? null);
    this.#pages++;
    return this.refresh();
  }

  /** The order before or after `id` in the list that is shown. */
  neighbour(id: string, step: 1 | -1): Order | null {
    const rows = this.rows.peek() ?? [];
    const place = rows.findIndex((order) => order.id === id);
    return place < 0 ? null : (rows[place + step] ?? null);
  }

  clear(): void {
    clearTimeout(this.#settle);
    clearTimeout(this.#typing);
    this.#asked++;
    this.#read++;
    this.#pages = 1;
    batch(() => {
      this.data.value = null;
      this.found.value = null;
      this.chosen.value = null;
      this.text.value = "";
      this.state.value = null;
      this.tab.value = "waiting";
    });
  }

  /** The pages of `list` after the first. */
  async #load(queue: ReviewQueue, list: QueueList): Promise<void> {
    for (let page = 1; page < this.#pages; page++) {
      const after = queue.next[list];
      if (after === null) return;
      const { orders, next } = await this.session.rpc.call("review.more", { list, after });
      queue[list].push(...orders);
      queue.next[list] = next;
    }
  }

  async #ask(before: string | null): Promise<void> {
    const asked = ++this.#asked;
    const search = this.text.peek().trim();
    const state = this.state.peek();
    await this.session.attempt(async () => {
      const page = await this.session.rpc.call("review.list", {
        ...(search === "" ? {} : { search }),
        ...(state === null ? {} : { state }),
        ...(before === null ? {} : { before }),
      });
      if (asked !== this.#asked) return; // an answer to what is not asked any more
      const earlier = before === null ? [] : (this.found.peek()?.orders ?? []);
      this.#change(() => void (this.found.value = { orders: [...earlier, ...page.orders], next: page.next }));
    });
  }

  /** Changes the lists; the choice stays with its row, or goes to the nearest. */
  #change(change: () => void): void {
    const before = (this.rows.peek() ?? []).map(({ id }) => id);
    batch(() => {
      change();
      const after = (this.rows.peek() ?? []).map(({ id }) => id);
      this.chosen.value = keepChoice(before, after, this.chosen.peek());
    });
  }
}

const isNewer = (old: Order, order: Order): boolean => old.id === order.id && old.version <= order.version;
