/* Account holders, what they are told, and what they do with their orders, as the viva.v1 API has them. */
import type { Call, Instant } from "./api";
import type { Order, OrderField, OrderKind, OrderState } from "./api_order";

export type HolderLanguage = "zh-Hans" | "zh-Hant" | "en";
export type IdKind = "id_card" | "passport";

export interface Account {
  id: string;
  /** Masked: only its holder knows it by this. */
  contact: string;
  contact_kind: "email" | "mobile";
  language: HolderLanguage;
  verified: boolean;
  id_kind: IdKind | null;
  name: string | null;
  mail_messages: boolean;
}

export interface CodeSent {
  sent_to: string;
  expires_at: Instant;
  /** Only where the server plays a demo. */
  demo_code: string | null;
}

export interface HolderSession {
  token: string;
  expires_at: Instant;
  account: Account;
}

export interface Message {
  seq: number;
  at: Instant;
  read: boolean;
  order_id: string | null;
  order_number: string | null;
  template: string;
  title: string;
  text: string;
  state: OrderState | null;
}

export interface MessageList {
  messages: Message[];
  unread: number;
}

type None = Record<string, never>;
interface OfOrder {
  order_id: string;
  version: number;
}

/** A mission as somebody chooses it who orders. */
export interface OrderMission {
  id: string;
  name_en: string;
  name_zh_hans: string;
  name_zh_hant: string;
  time_zone: string;
  countries: string[];
  districts: string[];
  cross_district: boolean;
  languages: string[];
  payment: { en: string; zh_hans: string; zh_hant: string } | null;
  kinds: OrderKind[];
}

export type EnterWhat = "facecheck" | "interview" | "guardian";

export interface HolderMethods {
  "account.request_code": Call<{ contact: string; language?: HolderLanguage }, CodeSent>;
  "account.confirm": Call<{ contact: string; code: string }, HolderSession>;
  "account.get": Call<None, Account>;
  "account.verify": Call<{ name: string; id_kind: IdKind; id_number: string }, Account>;
  "account.set": Call<{ language?: HolderLanguage; mail_messages?: boolean }, Account>;
  "message.list": Call<{ before?: number; limit?: number }, MessageList>;
  "message.read": Call<{ seq: number }, { unread: number }>;
  "order.missions": Call<None, { missions: OrderMission[] }>;
  "order.create": Call<{ mission_id: string; kind: OrderKind }, Order>;
  "order.list": Call<None, { orders: Order[] }>;
  "order.update": Call<OfOrder & { [Field in OrderField]?: string }, Order>;
  "order.declare": Call<OfOrder & { name: string; signature: string }, Order>;
  "order.submit": Call<OfOrder, Order>;
  "order.supplemented": Call<OfOrder, Order>;
  "order.withdraw": Call<OfOrder & { reason?: string }, Order>;
  "order.complete": Call<OfOrder, Order>;
  "order.enter": Call<{ order_id: string; what: EnterWhat }, { ticket: string; expires_at: Instant }>;
}

export interface HolderNotifications {
  "message.added": { message: Message; unread: number };
}
