/** Sending a picture, with its progress: fetch tells nothing of what has been sent, XMLHttpRequest does. */
import type { Reason } from "./api_facecheck";
import { CredentialStore } from "./credentials";

/** Whose session a picture is handed in with. */
export type Sender = "applicant" | "holder";
const bearer = (sender: Sender): string => `Bearer ${new CredentialStore(sender).load().token ?? ""}`;

/** The server did not take the picture, or it never arrived: a code with a text in the pages' dictionaries. */
export class Refused extends Error {
  constructor(readonly reason: Reason) {
    super(reason.message);
    this.name = "Refused";
  }
}

/* Nothing moved for this long: the network is gone. Looking at a picture takes the server a few seconds. */
const SILENCE_MS = 40_000;

/** PUTs a JPEG and resolves with what the server says of it. `onProgress` gets 0..1; 1 means that all is sent and the
 * server is looking. Rejects with Refused, or with an AbortError when `signal` gave it up. With `from` the upload can be
 * broken off and go on: only the bytes from there are sent. */
export function sendPicture<M>(
  sender: Sender,
  path: string,
  jpeg: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
  from?: number,
): Promise<M> {
  const begin = from ?? 0;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE_MS);
    };
    const lost = (): void => reject(new Refused({ code: "upload_failed", message: "the picture did not arrive" }));
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      onProgress(total > 0 ? (begin + (loaded / total) * (jpeg.size - begin)) / jpeg.size : 0);
    };
    request.upload.onload = () => onProgress(1);
    request.onerror = lost;
    request.onabort = () => (signal.aborted ? reject(new DOMException("given up", "AbortError")) : lost());
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as M);
      else reject(new Refused(reasonOf(request.status, request.responseText)));
    };
    request.onloadend = () => clearTimeout(silence);
    signal.addEventListener("abort", () => request.abort());
    request.open("PUT", path);
    request.setRequestHeader("Content-Type", "image/jpeg");
    request.setRequestHeader("Authorization", bearer(sender));
    if (from !== undefined) request.setRequestHeader("Content-Range", contentRange(from, jpeg.size));
    request.send(jpeg.slice(begin));
    alive();
  });
}

/** RFC 9110 §14.4: what is sent is the rest of the picture. */
export const contentRange = (from: number, size: number): string => `bytes ${from}-${size - 1}/${size}`;

/** How much of a picture of `size` bytes the server has; 0 when what it has is of another one, or it does not say. */
export async function arrivedOf(sender: Sender, path: string, size: number): Promise<number> {
  try {
    const headers = { Authorization: bearer(sender) };
    const response = await fetch(`${path}/upload`, { headers, cache: "no-store" });
    return response.ok ? offsetIn(await response.json(), size) : 0;
  } catch {
    return 0; // still no connection: it begins anew
  }
}

export function offsetIn(answer: unknown, size: number): number {
  const { offset, length } = (answer ?? {}) as { offset?: unknown; length?: unknown };
  const fits = typeof offset === "number" && Number.isInteger(offset) && offset > 0 && offset < size;
  return fits && length === size ? offset : 0;
}

export async function removePicture(sender: Sender, path: string): Promise<void> {
  const headers = { Authorization: bearer(sender) };
  const response = await fetch(path, { method: "DELETE", headers }).catch(() => null);
  if (!response) throw new Refused({ code: "upload_failed", message: "no connection" });
  if (!response.ok) throw new Refused(reasonOf(response.status, await response.text()));
}

/** What a refusal says. A proxy in between may answer in its own words. */
export function reasonOf(status: number, body: string): Reason {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<Reason> };
    if (typeof error?.code === "string") return { code: error.code, message: error.message ?? "" };
  } catch {
    /* no JSON: told by its status below */
  }
  return { code: status === 413 ? "file_too_large" : "upload_failed", message: `status ${status}` };
}
