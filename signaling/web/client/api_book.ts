/* What holders of accounts do with the built-in order book: their part of the viva.v1 API. */
import type { Call, Instant, Mission } from "./api";
import type { Order, OrderField, OrderKind, OrderState } from "./api_order";
import type { Language } from "./language";

type None = Record<string, never>;

export interface CodeSent {
  /** Masked. */
  sent_to: string;
  expires_at: Instant;
  /** In a demo only: nothing is sent there. */
  demo_code: string | null;
}

export type IdKind = "id_card" | "passport";

export interface Account {
  id: string;
  /** Masked. */
  contact: string;
  contact_kind: "email" | "mobile";
  language: Language;
  /** Who the holder is has been verified (D-2). */
  verified: boolean;
  id_kind: IdKind | null;
  name: string | null;
  mail_messages: boolean;
}

export interface Message {
  seq: number;
  at: Instant;
  read: boolean;
  order_id: string;
  order_number: string;
  template: string;
  title: string;
  text: string;
  /** Of the order after it. */
  state: OrderState;
}

/** A mission as somebody sees it who looks for one to order from (D-22 … D-25). */
export interface OrderMission {
  id: string;
  name_en: string;
  name_zh_hans: string;
  time_zone: string;
  /** Where applicants live; none: anywhere. */
  countries: string[];
  /** Of them the mission's own; none: all. */
  districts: string[];
  /** Others are accepted too, after its own. */
  cross_district: boolean;
  languages: string[];
  payment: { en: string; zh_hans: string } | null;
  kinds: OrderKind[];
}

export const missionOf = (mission: OrderMission): Mission => ({
  id: mission.id,
  name: { en: mission.name_en, "zh-Hans": mission.name_zh_hans },
  time_zone: mission.time_zone,
});

/** What a new ticket of an order opens. */
export type Entrance = "facecheck" | "interview" | "guardian";

export type OrderChanges = { [Field in OrderField]?: string };

interface OfOrder {
  order_id: string;
  version: number;
}

export interface HolderMethods {
  "account.request_code": Call<{ contact: string; language?: Language }, CodeSent>;
  "account.confirm": Call<{ contact: string; code: string }, { token: string; expires_at: Instant; account: Account }>;
  "account.get": Call<None, Account>;
  "account.verify": Call<{ name: string; id_kind: IdKind; id_number: string }, Account>;
  "account.set": Call<{ language?: Language; mail_messages?: boolean }, Account>;
  "message.list": Call<{ before?: number; limit?: number }, { messages: Message[]; unread: number }>;
  "message.read": Call<{ seq: number }, { unread: number }>;
  "order.missions": Call<None, { missions: OrderMission[] }>;
  "order.create": Call<{ mission_id: string; kind: OrderKind }, Order>;
  "order.list": Call<None, { orders: Order[] }>;
  "order.update": Call<OfOrder & OrderChanges, Order>;
  "order.declare": Call<OfOrder & { name: string; signature: string }, Order>;
  "order.submit": Call<OfOrder, Order>;
  "order.supplemented": Call<OfOrder, Order>;
  "order.withdraw": Call<OfOrder & { reason?: string }, Order>;
  "order.complete": Call<OfOrder, Order>;
  "order.enter": Call<{ order_id: string; what: Entrance }, { ticket: string; expires_at: Instant }>;
}

export interface HolderNotifications {
  "message.added": { message: Message; unread: number };
}
