/* Face checks and findings as the viva.v1 API gives them. Reports are vision's own; the pages read what they show. */
import type { DocumentKind, Instant, Mission } from "./api";

/** The pages translate by code; the server's English message is for codes that they do not know. */
export interface Reason {
  code: string;
  message: string;
}

export interface Check {
  check: string;
  passed: boolean;
  message: string;
}

export const MATERIAL_SLOTS = ["portrait", "page"] as const;
export type MaterialSlot = (typeof MATERIAL_SLOTS)[number];

export interface Material {
  uploaded_at: Instant;
  width: number;
  height: number;
  bytes: number;
  usable: boolean;
  checks: Check[];
  reasons: Reason[];
  /** Officers only: of vision_face or vision_document. */
  report?: object;
}

export type CheckState = "open" | "passed" | "skipped";
export type SkipReason = "tries" | "accessibility";
export type TryDecision = "pass" | "fail";

export interface Try {
  id: string;
  at: Instant;
  decision: TryDecision;
  reasons: Reason[];
}

/** A try as officers see it. */
export interface TryRecord extends Try {
  hints: Reason[];
  report: LivenessReport | null;
}

export interface LivenessReport {
  passive?: number | null;
  same_person?: boolean | null;
  steps?: { task: Task; passed: boolean; at_ms: number | null }[];
}

export interface Identity {
  name: string | null;
  document_number: string | null;
  birth_date: string | null;
  expiry_date: string | null;
  sex: string | null;
}
export const IDENTITY_FIELDS = ["name", "document_number", "birth_date", "expiry_date", "sex"] as const;
export type IdentityField = (typeof IDENTITY_FIELDS)[number];

export interface FaceCheck {
  id: string;
  mission: Mission;
  order_ref: string;
  document: DocumentKind;
  state: CheckState;
  version: number;
  created_at: Instant;
  expires_at: Instant;
  decided_at: Instant | null;
  interview_required: boolean;
  skip_reason: SkipReason | null;
  /** `max`: then a skip is offered (D-18). `stop`: no further try. */
  tries: { used: number; max: number; stop: number };
  can: { upload: boolean; start: boolean; skip_tries: boolean; skip_accessibility: boolean };
  materials: Record<MaterialSlot, Material | null>;
  last_try: Try | null;
  /** Officers only. */
  identity?: Identity;
  comparison?: Comparison | null;
  fields?: FieldComparison | null;
  try_list?: TryRecord[];
}

/* ---- what vision found ---- */

export type MatchDecision = "match" | "review" | "no_match";
export type FaceSource = "portrait" | "page" | "live";

/** The three-way match; `decision` is the weakest of the pairs there are. */
export interface Comparison {
  decision: MatchDecision | null;
  pairs: { a: FaceSource; b: FaceSource; score: number; decision: MatchDecision }[];
}

export type FieldResult = "same" | "variant" | "different" | "not_compared";
export interface FieldComparison {
  agrees: boolean;
  fields: { field: string; order: string | null; document: string | null; result: FieldResult; message: string }[];
}

export interface Mrz {
  format: string;
  lines: string[];
  valid: boolean;
  checks: Record<string, boolean>;
  failed: Reason[];
  fields: Record<string, string | boolean | null>;
}

export interface DocumentReport {
  mrz: Mrz | null;
  name_chinese: { text: string; confidence: number } | null;
  page: { usable: boolean; reasons: Reason[] };
}

export interface FaceReport {
  quality: { usable: boolean; reasons: Reason[] };
}

export type Findings =
  | { kind: "face"; error: Reason | null; face: FaceReport | null; comparison: Comparison | null }
  | {
      kind: "document";
      error: Reason | null;
      document: DocumentReport | null;
      comparison: Comparison | null;
      fields: FieldComparison | null;
    };

export interface SamePerson {
  interview_id: string;
  party_id: string;
  at: Instant;
  decision: MatchDecision | "unknown";
  score: number | null;
  reason: Reason | null;
}

/* ---- a try, live ---- */

export const TASKS = ["turn_left", "turn_right", "nod", "blink", "open_mouth", "come_closer"] as const;
/** Left and right are the person's own. */
export type Task = (typeof TASKS)[number];
export const HINTS = ["no_face", "several_faces", "come_closer", "too_dark", "look_straight", "hold_still"] as const;
export type Hint = (typeof HINTS)[number];

export interface Prompt {
  try_id: string;
  state: "look" | "task" | "done";
  index: number;
  count: number;
  task: Task | null;
  progress: number;
  remaining_ms: number;
  hint: Hint | null;
}

export interface TryResult {
  try_id: string;
  decision: TryDecision;
  reasons: Reason[];
  facecheck: FaceCheck;
}
