/* Orders as the viva.v1 API gives them to their holders and to officers. */
import type { CheckState } from "./api_facecheck";
import type { Instant, InterviewState, Mission, Outcome } from "./api";

export const ORDER_KINDS = ["passport", "travel_document", "emergency_travel_document"] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];
export type Issue = "first" | "renewal" | "replacement";
export const CONDITIONS = [
  "never_held",
  "expired",
  "expiring",
  "pages_full",
  "appearance",
  "lost",
  "stolen",
  "damaged",
  "passport_lost",
  "emergency",
] as const;
export type Condition = (typeof CONDITIONS)[number];
export type Relation = "self" | "child" | "parent" | "spouse" | "relative" | "other";
export type Sex = "F" | "M" | "X";

export const ORDER_STATES = [
  "draft",
  "submitted",
  "in_review",
  "supplement_required",
  "interview_required",
  "interview_scheduled",
  "interviewing",
  "in_person_required",
  "approved",
  "produced",
  "dispatched",
  "completed",
  "rejected",
  "withdrawn",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const ORDER_SLOTS = [
  "portrait",
  "page",
  "annotation",
  "address",
  "nationality",
  "loss",
  "guardianship",
  "other",
] as const;
export type OrderSlot = (typeof ORDER_SLOTS)[number];

/** What order.update takes, and what an officer may ask to have corrected. */
export const ORDER_FIELDS = [
  "relation",
  "issue",
  "condition",
  "applicant_name",
  "applicant_name_latin",
  "birth_date",
  "sex",
  "document_number",
  "expiry_date",
  "region",
  "address",
  "phone",
  "guardian_name",
  "note",
] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

/** Why policy proposes an interview. */
export const TRIGGERS = ["minor", "facecheck", "first_issue", "every_order"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** What the applicant does next. */
export const NEXT_CODES = [
  "fill_in",
  "sign",
  "upload",
  "submit",
  "face_check",
  "wait_review",
  "supplement",
  "book",
  "join_later",
  "join",
  "come_in_person",
  "send_passport",
  "wait_made",
  "wait_dispatch",
  "receive",
  "done",
  "rejected",
  "withdrawn",
] as const;
export type NextCode = (typeof NEXT_CODES)[number];

export interface OrderMaterial {
  slot: OrderSlot;
  needed: boolean;
  uploaded_at: Instant | null;
  width: number | null;
  height: number | null;
  file_bytes: number | null;
}

export interface OfficerName {
  id: string;
  name: string;
}

export interface HistoryEntry {
  at: Instant;
  from: OrderState | null;
  to: OrderState;
  event: string;
  /** holder, officer or system; to officers an officer's name. */
  actor: string;
  reason: string | null;
}

/** By kind: an address is both a field and a slot. */
export interface OrderMissing {
  fields: OrderField[];
  declaration: boolean;
  slots: OrderSlot[];
}

export interface Order {
  id: string;
  number: string;
  version: number;
  kind: OrderKind;
  issue: Issue | null;
  condition: Condition | null;
  state: OrderState;
  state_since: Instant;
  mission: Mission;
  created_at: Instant;
  submitted_at: Instant | null;
  own_district: boolean | null;
  applicant: {
    relation: Relation | null;
    name: string | null;
    name_latin: string | null;
    birth_date: string | null;
    sex: Sex | null;
    age: number | null;
    minor: boolean;
    guardian_needed: boolean;
  };
  details: {
    document_number: string | null;
    expiry_date: string | null;
    region: string | null;
    address: string | null;
    phone: string | null;
    guardian_name: string | null;
    note: string | null;
  };
  declaration: { signed_at: Instant; name: string; signature: string } | null;
  materials: OrderMaterial[];
  missing: OrderMissing;
  facecheck: { id: string; state: CheckState; tries: { used: number; max: number } } | null;
  interview: {
    id: string;
    state: InterviewState;
    scheduled_at: Instant | null;
    opens_at: Instant | null;
    outcome: Outcome | null;
  } | null;
  proposals: Trigger[];
  supplement: { text: string; slots: OrderSlot[]; fields: OrderField[]; since: Instant } | null;
  reason: string | null;
  /** How it was handed out, and by which number it is followed. */
  way: "courier" | "collect" | null;
  tracking: string | null;
  officer: OfficerName | null;
  next: string;
  can: { edit: boolean; submit: boolean; withdraw: boolean; facecheck: boolean; interview: boolean; complete: boolean };
  history: HistoryEntry[];
}
