/* The viva.v1 API as the pages see it: JSON-RPC 2.0 over /v1/ws. Instants are RFC 3339 UTC; ids are opaque. */
import type { Account, HolderMethods, HolderNotifications } from "./api_account";
import type { FaceCheck, Findings, Identity, Prompt, SamePerson, SkipReason, TryResult } from "./api_facecheck";
import type { OfficerName, Order, OrderMissing } from "./api_order";
import type { ConductMethods, ConductNotifications, GuardianIdentified, Opinion, ReviewMethods } from "./api_review";
import type { Language } from "./language";

export type Instant = string;
export type Role = "applicant" | "guardian" | "interpreter" | "officer";
export type InterviewState = "scheduled" | "waiting" | "ringing" | "in_call" | "ended" | "missed" | "aborted" | "required";

export const interviewIsOver = (state: InterviewState | undefined): state is "ended" | "missed" | "aborted" =>
  state === "ended" || state === "missed" || state === "aborted";
export type DocumentKind = "passport" | "travel_document";
export type MediaState = "none" | "connecting" | "connected" | "away";
export type CaptureKind = "face" | "document" | "other";
export type QualityLevel = "good" | "fair" | "poor" | "lost";
export type MicrophoneState = "on" | "muted" | "none";
export type CameraState = "on" | "off" | "none";

export const CAPTURE_KINDS = ["face", "document", "other"] as const satisfies readonly CaptureKind[];
export const OUTCOMES = ["identity_confirmed", "not_confirmed", "in_person"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Mission {
  id: string;
  name: Record<Language, string>;
  time_zone: string;
}

export interface Party {
  id: string;
  role: Role;
  name: string;
  /** A live WebSocket, or one lost less than 30 s ago. */
  present: boolean;
  presence_since: Instant | null;
  /** In the waiting room, device check done. */
  ready: boolean;
  admitted: boolean;
  media: MediaState;
}

export interface Interview {
  id: string;
  version: number;
  mission: Mission;
  order_ref: string;
  document: DocumentKind;
  state: InterviewState;
  /** Null while the interview is required and has no appointment. */
  scheduled_at: Instant | null;
  length_min: number;
  opens_at: Instant | null;
  state_since: Instant;
  waiting_since: Instant | null;
  ring_expires_at: Instant | null;
  parties: Party[];
  you: { party_id: string | null; role: Role };
  media: { joined: boolean };
  /** The applicant is young enough to need a guardian in the interview (D-21). */
  guardian_needed?: boolean;
  /** Officers only. */
  outcome?: Outcome | null;
  reason?: string | null;
  guardian?: GuardianIdentified | null;
  assigned?: OfficerName | null;
  opinion?: Opinion | null;
}

export interface Slot {
  index: number;
  party_id: string | null;
  role: Role | null;
  name: string | null;
}

export interface Note {
  id: string;
  at: Instant;
  officer_name: string;
  text: string;
}

export interface Capture {
  id: string;
  seq: number;
  kind: CaptureKind;
  party_id: string;
  party_role: Role;
  captured_at: Instant;
  width: number;
  height: number;
  codec: string;
  room: string;
  dtls_fingerprint: string;
  ssrc: number;
  rtp_timestamp: number;
  frame_sha256: string;
  file_sha256: string;
  file_bytes: number;
  officer_name: string;
  /** Of `none` nothing is looked for. */
  analysis: "running" | "done" | "none";
  findings: Findings | null;
}

export interface TrackQuality {
  bitrate_bps: number;
  loss: number;
  jitter_ms: number;
}

export interface MediaQuality {
  video: TrackQuality | null;
  audio: TrackQuality | null;
}

export interface Quality {
  party_id: string;
  round_trip_ms: number | null;
  sent: MediaQuality;
  received: MediaQuality;
  level: QualityLevel;
}

export interface Officer {
  id: string;
  name: string;
  mission: Mission;
}

export interface Hello {
  name: string;
  version: string;
  draining: boolean;
  now: Instant;
  demo: boolean;
  /** Accounts and orders are kept here; false: a foreign order service has them. */
  book: boolean;
}

/** What an applicant may book. */
export interface Slots {
  mission: Mission;
  scheduled_at: Instant | null;
  bookings_left: number;
  slots: { at: Instant; free: number }[];
}

type None = Record<string, never>;
interface ById {
  interview_id: string;
}
/** Officers name the interview; a party has only one. */
interface OfMine {
  interview_id?: string;
}

/** What an order says of its applicant; what it does not say is left out. */
export type NewCheck = { order_ref: string; document: DocumentKind } & {
  [Field in keyof Identity]?: string;
};

export interface Call<P, R> {
  params: P;
  result: R;
}

export interface Methods extends ReviewMethods, ConductMethods, HolderMethods {
  "server.hello": Call<None, Hello>;
  "officer.sign_in": Call<{ login: string; password: string }, { token: string; expires_at: Instant; officer: Officer }>;
  "ticket.redeem": Call<
    { ticket: string; device: string; purpose?: "join" | "schedule" },
    { token: string; expires_at: Instant; interview?: Interview; facecheck?: FaceCheck }
  >;
  "session.resume": Call<{ token: string }, { officer?: Officer; account?: Account; interview?: Interview; facecheck?: FaceCheck }>;
  "session.end": Call<None, None>;
  "interview.list": Call<{ day?: string }, { day: string; interviews: Interview[] }>;
  "interview.get": Call<OfMine, Interview>;
  "interview.ready": Call<None, Interview>;
  "call.start": Call<ById, Interview>;
  "call.cancel": Call<ById, Interview>;
  "call.admit": Call<ById & { party_id: string }, Interview>;
  "call.accept": Call<None, Interview>;
  "call.decline": Call<None, Interview>;
  "call.end": Call<ById & { outcome: Outcome; reason: string }, Interview>;
  "call.abort": Call<ById & { reason: string }, Interview>;
  "call.missed": Call<ById & { reason?: string }, Interview>;
  "media.join": Call<OfMine & { sdp: string }, { sdp: string; slots: Slot[] }>;
  "media.restart": Call<OfMine & { sdp: string }, { sdp: string }>;
  "media.leave": Call<OfMine, None>;
  "media.test": Call<{ sdp: string }, { sdp: string }>;
  "media.test_end": Call<None, None>;
  "media.state": Call<{ interview_id?: string; microphone: MicrophoneState; camera: CameraState }, None>;
  "capture.take": Call<ById & { party_id: string; kind: CaptureKind }, Capture>;
  "capture.list": Call<ById, { captures: Capture[] }>;
  "note.add": Call<ById & { text: string }, Note>;
  "note.list": Call<ById, { notes: Note[] }>;
  "interview.watch": Call<ById & { enabled: boolean }, { enabled: boolean }>;
  "schedule.slots": Call<{ from: Instant; to: Instant }, Slots>;
  "schedule.book": Call<{ at: Instant }, Interview>;
  "schedule.reschedule": Call<{ at: Instant }, Interview>;
  "schedule.cancel": Call<None, Interview>;
  "facecheck.create": Call<NewCheck, { facecheck: FaceCheck; ticket: string; link: string; expires_at: Instant }>;
  "facecheck.get": Call<{ facecheck_id?: string }, FaceCheck>;
  "facecheck.list": Call<{ order_ref?: string; interview_required?: boolean }, { facechecks: FaceCheck[] }>;
  "facecheck.start": Call<
    { sdp: string; device_label?: string },
    { sdp: string; try_id: string; tasks: number; window_ms: number }
  >;
  "facecheck.stop": Call<None, None>;
  "facecheck.skip": Call<{ reason: SkipReason }, FaceCheck>;
}
export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M]["params"];
export type Result<M extends Method> = Methods[M]["result"];

export interface Notifications extends ConductNotifications, HolderNotifications {
  "order.changed": { order: Order };
  "interview.changed": { interview: Interview };
  "media.slots": { interview_id: string; slots: Slot[] };
  "media.closed": { interview_id: string; reason: string };
  "party.media": { interview_id: string; party_id: string; microphone: MicrophoneState; camera: CameraState };
  "capture.started": { interview_id: string; party_id: string; kind: CaptureKind };
  "capture.finished": { interview_id: string; party_id: string; ok: boolean };
  "capture.added": { interview_id: string; capture: Capture };
  "capture.analysed": { interview_id: string; capture_id: string; analysis: "done"; findings: Findings | null };
  "interview.same_person": SamePerson;
  "facecheck.changed": { facecheck: FaceCheck };
  "facecheck.prompt": Prompt;
  "facecheck.result": TryResult;
  "note.added": { interview_id: string; note: Note };
  "call.declined": { interview_id: string; party_id: string };
  "ticket.refused": { interview_id: string; party_id: string; at: Instant };
  "call.quality": { interview_id: string; parties: Quality[] };
  "session.replaced": None;
  "server.draining": { until: Instant };
}
export type Notification = keyof Notifications;

/** Every `data.code` of an error reply. */
export const ERROR_CODES = [
  "parse_error",
  "invalid_request",
  "method_not_found",
  "invalid_params",
  "internal_error",
  "not_signed_in",
  "forbidden",
  "bad_credentials",
  "rate_limited",
  "session_expired",
  "ticket_unknown",
  "ticket_expired",
  "ticket_used",
  "ticket_revoked",
  "ticket_rescheduled",
  "not_open",
  "interview_over",
  "wrong_state",
  "not_admitted",
  "not_found",
  "busy",
  "limit",
  "sdp_refused",
  "peer_gone",
  "no_video",
  "no_keyframe",
  "capture_failed",
  "storage_failed",
  "draining",
  "too_large",
  "conflict",
  "tries_exhausted",
  "slot_taken",
  "not_bookable",
  "too_late",
  "bookings_exhausted",
  "guardian_missing",
  "script_open",
  "day_full",
  "not_withdrawable",
  "duplicate_order",
  "outside_district",
  "not_verified",
  "missing",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What travels in `error.data` beside the code. */
export interface ErrorData {
  code?: string;
  retry_after_ms?: number;
  opens_at?: Instant | null;
  state?: InterviewState;
  allowed?: string[];
  /** Of invalid_params: which one. */
  field?: string;
  missing?: OrderMissing;
}
