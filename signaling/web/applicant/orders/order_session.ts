/** One order, open on the page: how it stands at the server, and what is changed of it. */
import { batch, effect, signal } from "@preact/signals";
import type { Order } from "../../client/api_order";
import { toProblem, type Problem } from "../../client/problem";
import { saveAppointment } from "../../client/files";
import { Pictures } from "../../client/pictures";
import type { EnterWhat, OrderMission } from "../../client/api_account";
import { missionsOf, type OrdersHome } from "./port";

export type OrderMethod = "declare" | "submit" | "supplemented" | "withdraw" | "complete";

export class OrderSession {
  readonly order = signal<Order | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly mission = signal<OrderMission | null>(null);
  /** What is under way; its button is busy. */
  readonly busy = signal<OrderMethod | EnterWhat | "calendar" | null>(null);
  readonly pictures = new Pictures("holder");
  readonly #stop: () => void;
  #disposed = false;

  constructor(
    readonly home: OrdersHome,
    readonly id: string,
  ) {
    // The list hears of every change; it lacks history and materials, so they are asked for.
    this.#stop = effect(() => {
      const listed = home.orders.value?.find((order) => order.id === id);
      const known = this.order.peek();
      if (listed && known && listed.version > known.version) void this.load();
    });
    void this.load();
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
    this.pictures.dispose();
  }

  async load(): Promise<Order | null> {
    try {
      this.take(await this.home.call("order.get", { order_id: this.id }));
      void this.#loadMission();
    } catch (error) {
      this.#fail(error);
    }
    return this.order.peek();
  }

  /** Takes the order as the server now has it; an older answer that comes late changes nothing. */
  take(answer: unknown): void {
    const order = answer as Order;
    if (this.#disposed) return;
    const known = this.order.peek();
    if (known && known.version > order.version) return;
    batch(() => {
      this.order.value = order;
      this.problem.value = null;
    });
  }

  /** True when it worked. What was changed meanwhile is shown first, rather than acted upon unseen. */
  async act(method: OrderMethod, params: object = {}): Promise<boolean> {
    const order = this.order.peek();
    if (!order || this.busy.peek()) return false;
    this.busy.value = method;
    try {
      this.take(await this.home.call(`order.${method}`, { order_id: this.id, version: order.version, ...params }));
      return true;
    } catch (error) {
      const { code } = toProblem(error);
      if (code === "conflict" || code === "wrong_state") await this.load();
      this.#fail(error);
      return false;
    } finally {
      this.busy.value = null;
    }
  }

  async enter(what: EnterWhat): Promise<void> {
    if (this.busy.peek()) return;
    this.busy.value = what;
    try {
      await this.home.enter(this.id, what);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.busy.value = null;
    }
  }

  async saveAppointment(): Promise<void> {
    const { interview, number } = this.order.peek() ?? {};
    if (!interview || number === undefined || this.busy.peek()) return;
    this.busy.value = "calendar";
    try {
      await saveAppointment("holder", interview.id, number);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.busy.value = null;
    }
  }

  async #loadMission(): Promise<void> {
    const id = this.order.peek()?.mission.id;
    if (this.mission.peek()?.id === id) return;
    const missions = await missionsOf(this.home).catch(() => []); // the page does without
    if (!this.#disposed) this.mission.value = missions.find((mission) => mission.id === id) ?? null;
  }

  #fail(error: unknown): void {
    if (!this.#disposed) this.problem.value = toProblem(error);
  }
}
