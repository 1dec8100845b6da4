/** What the order form and the order page need of the page around them. */
import type { ReadonlySignal } from "@preact/signals";
import type { EnterWhat, OrderMission } from "../../client/api_account";
import type { Order } from "../../client/api_order";

export interface OrdersHome {
  call(method: string, params: object): Promise<unknown>;
  /** Without history and materials. */
  readonly orders: ReadonlySignal<readonly Order[] | null>;
  readonly account: ReadonlySignal<{ verified: boolean } | null>;
  enter(orderId: string, what: EnterWhat): Promise<void>;
  go(path: string): void;
}

export const missionsOf = async (home: OrdersHome): Promise<OrderMission[]> =>
  ((await home.call("order.missions", {})) as { missions: OrderMission[] }).missions;
