/** Reasons and checks in the reader's language: by code, else in the server's words. */
import type { Check, Reason } from "./api_facecheck";
import type { Messages } from "./i18n";
import { isProblemCode } from "./problem";

/** Every code of a reason that vision or the decision on a try gives, grouped by who finds it. */
export const REASON_CODES = [
  // a picture that cannot be used (enum vision_error)
  "empty",
  "file_too_large",
  "wrong_type",
  "truncated",
  "decode",
  "size",
  "too_small",
  "unsupported",
  "no_face",
  "several_faces",
  "no_document",
  "no_video",
  "video_too_long",
  "live_gone",
  "timeout",
  "worker_lost",
  // a try that something else ended; it does not count
  "stopped",
  "peer_gone",
  "draining",
  // a face
  "face_too_small",
  "too_dark",
  "too_bright",
  "low_contrast",
  "blurred",
  "turned",
  "tilted",
  "eyes_closed",
  "occluded",
  // a page
  "glare",
  "cut_off",
  "page_too_small",
  "mrz_unreadable",
  "no_portrait",
  // a try
  "task_not_done",
  "task_too_late",
  "wrong_task",
  "different_person",
  "frozen",
  "repeated",
  "still_picture",
  "background_jump",
  "low_frame_rate",
  "low_resolution",
  "too_short",
  "face_lost",
  "face_differs",
  "page_differs",
  "page_unreadable",
  "fields_differ",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

const known = new Set<string>(REASON_CODES);
const INTERRUPTIONS = new Set(["stopped", "peer_gone", "draining"]);

/** The try ended before anything was judged, as by a reload: there is nothing to do better. */
export const wasInterrupted = (reasons: readonly Reason[]): boolean => reasons.some(({ code }) => INTERRUPTIONS.has(code));

export interface ReasonText {
  what: string;
  /** What the applicant can do; empty where the server's words are all there is. */
  next: string;
}

export function reasonText(reason: Reason, messages: Messages): ReasonText {
  if (known.has(reason.code)) return messages.reasons[reason.code as ReasonCode];
  if (isProblemCode(reason.code)) return messages.problems[reason.code];
  return { what: reason.message === "" ? messages.problems.unexpected.what : reason.message, next: "" };
}

/** A named check as a sentence that fits its result. */
export function checkText(check: Check, messages: Messages): string {
  const texts: Readonly<Record<string, { yes: string; no: string }>> = messages.checks;
  const text = Object.keys(texts).includes(check.check) ? texts[check.check] : undefined;
  return text ? (check.passed ? text.yes : text.no) : check.message;
}
