/** One order on the officer's desk. */
import { batch, signal } from "@preact/signals";
import type { FaceCheck } from "../../client/api_facecheck";
import type { Order } from "../../client/api_order";
import { Pictures } from "../../client/pictures";
import { toProblem } from "../../client/problem";
import type { OfficerSession } from "../session";
import type { OrderAction } from "./order";

export class OrderDesk {
  readonly order = signal<Order | null>(null);
  readonly check = signal<FaceCheck | null>(null);
  readonly missing = signal(false);
  /** Somebody else was quicker, and what was asked for was not done. */
  readonly conflict = signal(false);
  readonly done = signal<OrderAction | null>(null);
  readonly pictures = new Pictures("officer");
  /** The picture that is looked at large. */
  readonly viewing = signal<string | null>(null);
  readonly #stops: (() => void)[];

  constructor(
    readonly session: OfficerSession,
    readonly id: string,
  ) {
    const { rpc } = session;
    this.#stops = [
      rpc.on("order.changed", ({ order }) => this.adopt(order)),
      rpc.on("facecheck.changed", ({ facecheck }) => {
        if (facecheck.id === this.order.peek()?.facecheck?.id) this.check.value = facecheck;
      }),
      // An interview that goes on moves its order along.
      rpc.on("interview.changed", ({ interview }) => {
        const known = this.order.peek()?.interview;
        if (known && interview.id === known.id && interview.state !== known.state) void this.refresh();
      }),
    ];
  }

  async refresh(): Promise<void> {
    await this.session.attempt(async () => {
      try {
        this.adopt(await this.session.rpc.call("order.get", { order_id: this.id }));
      } catch (error) {
        if (toProblem(error).code !== "not_found") throw error;
        this.missing.value = true;
        return;
      }
      const id = this.order.peek()?.facecheck?.id;
      this.check.value = id === undefined ? null : await this.session.rpc.call("facecheck.get", { facecheck_id: id });
    });
  }

  adopt(order: Order): void {
    if (order.id !== this.id) return;
    const known = this.order.peek();
    // The face check of an order may begin while it is looked at.
    if (known && order.facecheck && !known.facecheck) void this.refresh();
    if (!known || known.version <= order.version) this.order.value = order;
  }

  /** Changes the order as it was seen. Where somebody was quicker it is loaded anew and said; true when it worked. */
  async act(action: OrderAction | "assign", change: (order: Order) => Promise<Order>): Promise<boolean> {
    const order = this.order.peek();
    if (!order) return false;
    batch(() => {
      this.conflict.value = false;
      this.done.value = null;
    });
    const worked = await this.session.attempt(async () => {
      try {
        const changed = await change(order);
        this.adopt(changed);
        this.session.queue.adopt(changed);
      } catch (error) {
        const { code } = toProblem(error);
        if (code !== "conflict" && code !== "wrong_state") throw error;
        await this.refresh();
        this.conflict.value = true;
      }
    });
    if (!worked || this.conflict.peek()) return false;
    if (action !== "assign") this.done.value = action;
    return true;
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.pictures.dispose();
  }
}
