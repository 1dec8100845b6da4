/* What officers do with orders, and how they conduct an interview together: their part of the viva.v1 API. */
import type { Call, CaptureKind, Instant, Interview } from "./api";
import type { OfficerName, Order, OrderState } from "./api_order";

type None = Record<string, never>;

/* ---- review ---- */

export const QUEUE_LISTS = ["waiting", "mine", "others"] as const;
export type QueueList = (typeof QUEUE_LISTS)[number];

export interface ReviewQueue {
  /** In the mission's time zone. */
  day: string;
  capacity: number;
  taken: number;
  /** Submitted and ready, in the order of D-28. Of each list its beginning, */
  waiting: Order[];
  mine: Order[];
  others: Order[];
  /** how long it is, */
  lengths: Record<QueueList, number>;
  /** and where review.more goes on; null: that was all. */
  next: Record<QueueList, string | null>;
  counts: Partial<Record<OrderState, number>>;
}

export type DispatchWay = "courier" | "collect";

interface OfOrder {
  order_id: string;
  version: number;
}

export interface ReviewMethods {
  "order.get": Call<{ order_id: string }, Order>;
  "review.queue": Call<None, ReviewQueue>;
  "review.more": Call<{ list: QueueList; after: string; limit?: number }, { orders: Order[]; next: string | null }>;
  "review.take": Call<{ order_id?: string }, Order>;
  "review.assign": Call<{ order_id: string; officer_id?: string }, Order>;
  "review.list": Call<
    { state?: OrderState; search?: string; before?: string; limit?: number },
    { orders: Order[]; next: string | null }
  >;
  "review.supplement": Call<OfOrder & { text: string; slots: string; fields?: string }, Order>;
  "review.approve": Call<OfOrder, Order>;
  "review.reject": Call<OfOrder & { reason: string }, Order>;
  "review.produced": Call<OfOrder, Order>;
  "review.dispatched": Call<OfOrder & { way: DispatchWay; tracking?: string }, Order>;
  "review.in_person_done": Call<OfOrder, Order>;
  "review.require_interview": Call<OfOrder & { interpreter?: string }, Order>;
  "review.drop_interview": Call<OfOrder & { reason: string }, Order>;
}

/* ---- calendar ---- */

export interface CalendarEntry {
  interview_id: string;
  order_ref: string;
  document: Interview["document"];
  state: Interview["state"];
  state_since: Instant;
  scheduled_at: Instant | null;
  length_min: number;
  applicant: string;
  assigned?: OfficerName | null;
}

export interface CalendarDay {
  day: string;
  from: Instant;
  to: Instant;
  holiday: boolean;
  slots: { at: Instant; free: number }[];
  interviews: CalendarEntry[];
}

export interface Calendar {
  view: "day" | "week";
  time_zone: string;
  length_min: number;
  capacity: number;
  days: CalendarDay[];
  unbooked: CalendarEntry[];
}

/* ---- conduct ---- */

export interface ScriptItem {
  id: string;
  kind: "question" | "capture" | "check";
  /** Of a capture: what it shows. */
  capture: CaptureKind | null;
  text: { en: string; zh_hans: string; zh_hant: string };
  required: boolean;
  done: { at: Instant; officer_name: string; answer: string | null } | null;
}

export interface Script {
  items: ScriptItem[];
}

export const GUARDIAN_RELATIONS = ["father", "mother", "guardian"] as const;
export type GuardianRelation = (typeof GUARDIAN_RELATIONS)[number];

export interface GuardianIdentified {
  party_id: string;
  relation: GuardianRelation;
  capture_id: string;
  at: Instant;
  officer_name: string;
}

export type OpinionWord = "agree" | "disagree";

export interface Opinion {
  officer: OfficerName;
  asked_at: Instant;
  opinion: OpinionWord | null;
  reason: string | null;
  at: Instant | null;
}

export interface Colleague extends OfficerName {
  present: boolean;
  in_call: boolean;
  you: boolean;
}

export const CALL_HINTS = [
  "unmute",
  "camera_on",
  "closer",
  "steady",
  "more_light",
  "less_glare",
  "look_here",
  "speak_up",
] as const;
export type CallHint = (typeof CALL_HINTS)[number];

interface ById {
  interview_id: string;
}

export interface ConductMethods {
  "schedule.calendar": Call<{ day?: string; view?: "day" | "week" }, Calendar>;
  "interview.in_person": Call<ById & { reason: string }, Interview>;
  "interview.script": Call<ById, Script>;
  "interview.answer": Call<ById & { item_id: string; done: boolean; answer?: string }, Script>;
  "interview.guardian": Call<ById & { party_id: string; relation: GuardianRelation; capture_id: string }, Interview>;
  "officer.list": Call<None, { officers: Colleague[] }>;
  "interview.assign": Call<ById & { officer_id?: string }, Interview>;
  "call.hand_over": Call<ById & { officer_id: string }, Interview>;
  "call.take_over": Call<ById, Interview>;
  "interview.ask_opinion": Call<ById & { officer_id: string }, Interview>;
  "interview.opinion": Call<ById & { opinion: OpinionWord; reason?: string }, Interview>;
  "call.hint": Call<ById & { party_id: string; hint: CallHint }, None>;
}

export interface ConductNotifications {
  "call.offered": { interview: Interview };
  "call.unattended": ById & { since: Instant };
  "interview.opinion_asked": { interview: Interview };
  "call.hint": { hint: CallHint; from: string };
}
