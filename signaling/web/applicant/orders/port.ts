/** What the order form and the order page need of the page around them. */
import type { ReadonlySignal } from "@preact/signals";
import type { Order, OrderKind } from "../../client/api_order";
import type { Problem } from "../../client/problem";

export type Enter = "facecheck" | "interview" | "guardian";

export interface OrdersHome {
  call(method: string, params: object): Promise<unknown>;
  /** Without history and materials. */
  readonly orders: ReadonlySignal<readonly Order[] | null>;
  readonly account: ReadonlySignal<{ verified: boolean } | null>;
  enter(orderId: string, what: Enter): Promise<void>;
  go(route: string): void;
}

export interface OrderMission {
  id: string;
  name_en: string;
  name_zh_hans: string;
  time_zone: string;
  countries: string[];
  districts: string[];
  cross_district: boolean;
  languages: string[];
  payment: { en: string | null; zh_hans: string | null } | null;
  kinds: OrderKind[];
}

export const missionsOf = async (home: OrdersHome): Promise<OrderMission[]> =>
  ((await home.call("order.missions", {})) as { missions: OrderMission[] }).missions;

export type OnProblem = (problem: Problem) => void;
