/** Everything that can go wrong has a code, and every code has a sentence and a next step in each language. */
import { ERROR_CODES, type ErrorCode, type ErrorData } from "./api";

/** What the pages find out by themselves. */
export const LOCAL_CODES = [
  "offline",
  "timeout",
  "no_ticket",
  "browser_too_old",
  "insecure_context",
  "permission_denied",
  "camera_denied",
  "no_camera",
  "no_microphone",
  "device_in_use",
  "device_failed",
  "picture_unavailable",
  "upload_failed",
  "no_connection",
  "try_interrupted",
  "unexpected",
] as const;
export type ProblemCode = ErrorCode | (typeof LOCAL_CODES)[number];
export const PROBLEM_CODES: readonly ProblemCode[] = [...ERROR_CODES, ...LOCAL_CODES];

export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    /** For developers; never shown. */
    message: string,
    readonly data: ErrorData = {},
  ) {
    super(message);
    this.name = "Problem";
  }
}

const known = new Set<string>(PROBLEM_CODES);

export function isProblemCode(code: string | undefined): code is ProblemCode {
  return code !== undefined && known.has(code);
}

/** The codes of JSON-RPC itself come as numbers. */
const BY_NUMBER: Readonly<Record<number, ErrorCode>> = {
  [-32700]: "parse_error",
  [-32600]: "invalid_request",
  [-32601]: "method_not_found",
  [-32602]: "invalid_params",
  [-32603]: "internal_error",
};

/** An error reply as a Problem; a code from a newer server is `unexpected`. */
export function problemOfReply(error: { code: number; message: string; data?: ErrorData }): Problem {
  const data = error.data ?? {};
  const code = isProblemCode(data.code) ? data.code : (BY_NUMBER[error.code] ?? "unexpected");
  return new Problem(code, error.message, data);
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem("unexpected", error instanceof Error ? error.message : String(error));
}
